import { readdirSync, readFileSync } from 'node:fs';

/** @typedef {{resident: number, proportional: number, private: number}} Memory bytes */

/** @returns {readonly number[]} a process and all that came of it */
export function treeOf(/** @type {number} */ pid) {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), parentOf(name)]),
  );
  const below = (/** @type {number} */ top) => [...parents].filter(([, parent]) => parent === top);
  /** @returns {number[]} */
  const tree = (/** @type {number} */ top) => [top, ...below(top).flatMap(([child]) => tree(child))];
  return tree(pid);
}

/** @returns {Memory} */
export function memoryOf(/** @type {readonly number[]} */ pids) {
  const texts = pids.map((pid) => read(`/proc/${pid}/smaps_rollup`));
  const sum = (/** @type {string} */ name) =>
    texts.reduce(
      (total, text) => total + Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0),
      0,
    ) * 1_024;
  return {
    resident: sum('Rss'),
    proportional: sum('Pss'),
    private: sum('Private_Clean') + sum('Private_Dirty'),
  };
}

/** @returns {number} milliseconds that the threads which live now have had of the processors, by the kernel's scheduler */
export function processorMs(/** @type {readonly number[]} */ pids) {
  const threads = pids.flatMap((pid) => names(`/proc/${pid}/task`).map((tid) => `/proc/${pid}/task/${tid}`));
  return (
    threads.reduce((total, thread) => total + Number(read(`${thread}/schedstat`).split(' ')[0] ?? 0), 0) / 1e6
  );
}

export function isRenderer(/** @type {number} */ pid) {
  return read(`/proc/${pid}/cmdline`).includes('--type=renderer');
}

function parentOf(/** @type {string} */ pid) {
  return Number(/\) \S+ (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1] ?? 0);
}

/** Empty for what has ended. */
function read(/** @type {string} */ file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function names(/** @type {string} */ folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
