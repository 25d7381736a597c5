import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { electronPath } from '../build/electron.mjs';
import { electronFlags } from '../build/electron/flags.mjs';
import { root } from '../build/lib/paths.mjs';

/** Odd, so that the median is one of the runs. */
const RUNS = 7;
const GIVE_UP_MS = 30_000;

/**
 * From starting the program to its first window being shown: ours, against an application that shows one
 * heading (bench/hello), with the same Electron and alternating in one run. Each start has an empty data
 * folder. Both are started through bench/shown, which tells when the window is there. Needs a built
 * application and a display.
 *
 * @returns {Promise<{name: string, unit: string, ours: number, reference: number, ratio: number, aim: string, note: string}>}
 */
export async function firstWindow() {
  const { path, version } = await electronPath();
  /** @type {{ours: number[], reference: number[]}} */
  const times = { ours: [], reference: [] };
  // One start of each to warm the disk's cache; it is not counted.
  for (let run = -1; run < RUNS; run += 1) {
    const ours = await timeToShow(path, root);
    const reference = await timeToShow(path, join(root, 'bench', 'hello'));
    if (run >= 0) {
      times.ours.push(ours);
      times.reference.push(reference);
    }
  }
  const ours = median(times.ours);
  const reference = median(times.reference);
  return {
    name: 'time to first window',
    unit: 'ms',
    ours: Math.round(ours),
    reference: Math.round(reference),
    ratio: ours / reference,
    aim: '<= 2.0',
    note: `medians of ${RUNS} interleaved starts, Electron ${version}; reference: hello-world application`,
  };
}

/**
 * @param {string} program
 * @param {string} folder of the application
 * @returns {Promise<number>} milliseconds
 */
async function timeToShow(program, folder) {
  const dataDir = mkdtempSync(join(tmpdir(), 'capsule-desktop-bench-'));
  const started = performance.now();
  const child = spawn(program, [...electronFlags(), join(root, 'bench', 'shown')], {
    env: { ...process.env, BENCH_APP: folder, CAPSULE_DESKTOP_DATA: dataDir },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), GIVE_UP_MS);
  try {
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes('window shown')) {
        return performance.now() - started;
      }
    }
    throw new Error(`${folder} ended without showing a window`);
  } finally {
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function median(/** @type {number[]} */ values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
