import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { electronPath } from '../../build/electron.mjs';
import { electronFlags } from '../../build/electron/flags.mjs';
import { root, stampFolder } from '../../build/lib/paths.mjs';
import { isRenderer, memoryOf, processorMs, treeOf } from './processes.mjs';

/** @typedef {{name: string, unit: string, ours: number, reference: number, ratio: number, aim: string, note: string}} Result */
/** @typedef {import('./processes.mjs').Memory} Memory */
/** @typedef {{shownMs: number, firstMs: number, readyMs: number, all: Memory, guests: Memory, guestCount: number, idleMs: number, mainIdleMs: number}} Seen */

const CAPSULES = 50;
const PREFIX = 'fifty-';
/** The example capsules, which a first start installs. */
const BUNDLED = 3;
const GIVE_UP_MS = 120_000;
/** What the start leaves to do is done by then; the spare page stays. */
const SETTLE_MS = 10_000;
const IDLE_MS = 30_000;
const MEBIBYTE = 1_048_576;

/**
 * The built application with fifty capsules that have a run loop, against the same one with none: its start, its memory, and the
 * processor time that it takes when nothing happens. Needs a built application and a display.
 *
 * @returns {Promise<readonly Result[]>}
 */
export async function fiftyCapsules() {
  const folder = mkdtempSync(path.join(tmpdir(), 'capsule-desktop-bench-'));
  try {
    const [none, fifty] = [path.join(folder, 'none'), path.join(folder, 'fifty')];
    await install(fifty);
    // The first start of each installs the examples; it is not counted.
    await seen(none, 0, 0);
    await seen(fifty, CAPSULES, 0);
    return results(await seen(fifty, CAPSULES, IDLE_MS), await seen(none, 0, IDLE_MS));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function install(/** @type {string} */ dataDir) {
  const outfile = path.join(stampFolder, 'bench', 'install-loops.js');
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/fifty-capsules/install-loops.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  const { installLoops } = await import(pathToFileURL(outfile).href);
  const names = Array.from({ length: CAPSULES }, (_, index) => `${PREFIX}${index}`);
  await installLoops(dataDir, names, path.join(root, 'out', 'kernel'));
}

/** @returns {Promise<Seen>} */
async function seen(
  /** @type {string} */ dataDir,
  /** @type {number} */ capsules,
  /** @type {number} */ idleMs,
) {
  const { path: electron } = await electronPath();
  const started = performance.now();
  const program = path.join(root, 'bench', 'fifty-capsules', 'app');
  const child = spawn(electron, [...electronFlags(), program], {
    env: {
      ...process.env,
      BENCH_APP: root,
      BENCH_CAPSULES: PREFIX,
      BENCH_INSTALLED: String(capsules + BUNDLED),
      BENCH_RUNNING: String(capsules),
      CAPSULE_DESKTOP_DATA: dataDir,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const main = child.pid ?? 0;
  const timer = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS + idleMs);
  try {
    const times = await readiness(child.stdout, started, capsules);
    if (idleMs === 0) {
      return { ...times, all: memoryOf([]), guests: memoryOf([]), guestCount: 0, idleMs: 0, mainIdleMs: 0 };
    }
    await pause(SETTLE_MS);
    const tree = treeOf(main);
    const before = [processorMs(tree), processorMs([main])];
    await pause(idleMs);
    const after = [processorMs(tree), processorMs([main])];
    const guests = tree.filter((pid) => pid !== times.windowPid && isRenderer(pid));
    return {
      ...times,
      all: memoryOf(tree),
      guests: memoryOf(guests),
      guestCount: guests.length,
      idleMs: (after[0] ?? 0) - (before[0] ?? 0),
      mainIdleMs: (after[1] ?? 0) - (before[1] ?? 0),
    };
  } finally {
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
}

/** Milliseconds from the start of the program until it says so; the rest of what it says is read by nobody. */
async function readiness(
  /** @type {import('node:stream').Readable} */ output,
  /** @type {number} */ started,
  /** @type {number} */ capsules,
) {
  let [shownMs, firstMs, windowPid] = [0, 0, 0];
  for await (const line of createInterface(output)) {
    const said = line.startsWith('{') ? JSON.parse(line) : {};
    const now = performance.now() - started;
    if (said.shown === true) {
      [shownMs, windowPid] = [now, said.pid];
    }
    firstMs ||= said.running > 0 ? now : 0;
    if (said.installed === capsules + BUNDLED && said.running === capsules) {
      output.resume();
      return { shownMs, firstMs, readyMs: now, windowPid };
    }
  }
  throw new Error('the application ended before its capsules ran');
}

/** @returns {readonly Result[]} */
function results(/** @type {Seen} */ ours, /** @type {Seen} */ none) {
  const [each, total] = [ours.guests, ours.all];
  const shown = (/** @type {Memory} */ memory, /** @type {number} */ parts) =>
    [memory.resident, memory.proportional, memory.private]
      .map((bytes) => (bytes / parts / MEBIBYTE).toFixed(1))
      .join(', ');
  return [
    {
      name: `start to all ${CAPSULES} run loops ready`,
      ...compared(ours.readyMs, ours.shownMs, 1, 'ms'),
      aim: 'the window first',
      note: `the first one after ${Math.round(ours.firstMs)} ms; without capsules the window after ${Math.round(none.shownMs)} ms; reference: window shown in the same start`,
    },
    {
      name: `private memory with ${CAPSULES} run loops`,
      ...compared(total.private, none.all.private, MEBIBYTE, 'MiB'),
      aim: '<= 12 MB for a capsule',
      note: `resident, proportional, private: all ${shown(total, 1)}; each of ${ours.guestCount} guest processes ${shown(each, ours.guestCount)}; reference: the application without them (${shown(none.all, 1)})`,
    },
    {
      name: `processor time in ${IDLE_MS / 1_000} idle seconds with ${CAPSULES} run loops`,
      ...compared(ours.idleMs, none.idleMs, 1, 'ms'),
      aim: 'none',
      note: `main alone ${ours.mainIdleMs.toFixed(0)} ms, without capsules ${none.mainIdleMs.toFixed(0)} ms; by the kernel's scheduler; reference: the application without them`,
    },
  ];
}

function compared(
  /** @type {number} */ ours,
  /** @type {number} */ reference,
  /** @type {number} */ divisor,
  /** @type {string} */ unit,
) {
  return { ours: ours / divisor, reference: reference / divisor, ratio: ours / reference, unit };
}
