import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { electronFlags } from '../build/electron/flags.mjs';
import { root, stampFolder } from '../build/lib/paths.mjs';

/** Odd, so that the median is one of the runs. */
const RUNS = 7;
const GIVE_UP_MS = 30_000;
/** Nobody asks before the window is long there: a debugger that attaches earlier holds the page up. */
const LEAVE_ALONE_MS = 3_000;

/** When the page has painted its first content, in epoch milliseconds. A hidden page never does. */
const PAINTED_AT = `new Promise((tell) => {
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName('first-contentful-paint')[0];
    if (paint !== undefined) tell(performance.timeOrigin + paint.startTime);
  }).observe({ type: 'paint', buffered: true });
})`;

/**
 * From starting the packaged program to the first content in its window, against hello-world packaged the same
 * way: same Electron, same fuses, an asar archive. The page's own clock tells when it painted, read over the
 * debugging port, which both have open. Needs dist/linux-unpacked, see `npm run dist`, and a display.
 *
 * @returns {Promise<{name: string, unit: string, ours: number, reference: number, ratio: number, aim: string, note: string}>}
 */
export async function packagedStart() {
  const ours = path.join(root, 'dist', 'linux-unpacked', 'capsule-desktop');
  if (!existsSync(ours)) {
    throw new Error('There is no dist/linux-unpacked: run `npm run dist` first.');
  }
  const hello = await packageHello();
  /** @type {{ours: number[], reference: number[]}} */
  const times = { ours: [], reference: [] };
  // One start of each to warm the disk's cache; it is not counted.
  for (let run = -1; run < RUNS; run += 1) {
    const our = await timeToPaint(ours);
    const their = await timeToPaint(hello);
    if (run >= 0) {
      times.ours.push(our);
      times.reference.push(their);
    }
  }
  const [our, their] = [median(times.ours), median(times.reference)];
  return {
    name: 'packaged program to first window',
    unit: 'ms',
    ours: our,
    reference: their,
    ratio: our / their,
    aim: '<= 1.5',
    note: `medians of ${RUNS} interleaved starts with an empty data folder; reference: hello-world, packaged alike`,
  };
}

/** @returns {Promise<string>} the program */
async function packageHello() {
  const { builderConfig } = await import('../build/dist/config.mjs');
  const { electronPath } = await import('../build/electron.mjs');
  const { runNode } = await import('../build/lib/run.mjs');
  const electron = await electronPath();
  const output = path.join(stampFolder, 'bench', 'hello');
  rmSync(output, { recursive: true, force: true });
  const { asar, electronFuses, electronDist, electronVersion, electronLanguages } = builderConfig({
    version: '0.0.0',
    commit: '',
    date: '',
    testElectron: electron.pinned
      ? undefined
      : { version: electron.version, folder: path.dirname(electron.path) },
  });
  const config = {
    ...{ asar, electronDist, electronVersion, electronLanguages },
    // It shows a file:, which needs that one right; ours has a protocol of its own.
    electronFuses: { ...electronFuses, grantFileProtocolExtraPrivileges: true },
    npmRebuild: false,
    directories: { app: path.join(root, 'bench', 'hello'), output },
    linux: { executableName: 'hello' },
  };
  const plan = { platform: 'linux', targets: [{ target: 'dir', arch: 'x64' }] };
  const builder = path.join(root, 'build', 'dist', 'run-builder.mjs');
  const result = await runNode([builder, JSON.stringify({ plan, config })]);
  if (result.status !== 0) {
    throw new Error(`hello-world could not be packaged: ${result.output}`);
  }
  return path.join(output, 'linux-unpacked', 'hello');
}

/** @returns {Promise<number>} milliseconds */
async function timeToPaint(/** @type {string} */ program) {
  const { chromium } = await import('playwright');
  const dataDir = mkdtempSync(path.join(tmpdir(), 'capsule-desktop-bench-'));
  const started = performance.timeOrigin + performance.now();
  const child = spawn(program, [...electronFlags(), '--remote-debugging-port=0'], {
    env: { ...process.env, CAPSULE_DESKTOP_DATA: dataDir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const watchdog = AbortSignal.timeout(GIVE_UP_MS);
  watchdog.addEventListener('abort', () => child.kill('SIGKILL'));
  try {
    const address = await debuggingAddress(child.stderr);
    await setTimeout(LEAVE_ALONE_MS);
    const browser = await chromium.connectOverCDP(address);
    const [context] = browser.contexts();
    // Guests have pages too.
    const isOurs = (/** @type {import('playwright').Page} */ page) => page.url().startsWith('app:');
    const page = context?.pages().find(isOurs) ?? (await context?.waitForEvent('page', isOurs));
    return Number(await page?.evaluate(PAINTED_AT)) - started;
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function debuggingAddress(/** @type {import('node:stream').Readable} */ stderr) {
  let text = '';
  for await (const chunk of stderr.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const found = /^DevTools listening on (\S+)$/m.exec(text);
    if (found?.[1] !== undefined) {
      stderr.resume();
      return found[1];
    }
  }
  throw new Error(`the program ended before it could be asked: ${text}`);
}

function median(/** @type {number[]} */ values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
