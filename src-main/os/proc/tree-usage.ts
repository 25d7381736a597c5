import { CLOCK_TICK_MS } from '../limits.ts';
import { readProcessMemory, readProcessStat, readProportionalMemory } from './process-stats.ts';
import { isStopped } from './stopped.ts';
import { walkTree } from './walk-tree.ts';

/** What a program and everything it started, whole tree, has used so far. */
export interface ProcessUsage {
  readonly cpuMs: number;
  /** Largest resident memory seen, in bytes. */
  readonly peakMemoryBytes: number;
}

/** One look at everything that runs in a sandbox, its init left out. */
export interface TreeSample {
  /** Processes and threads. At least this many when the look was broken off, see `maxTasks`. */
  readonly tasks: number;
  /**
   * CPU time so far: of what runs, and of what has ended and was waited for, by its parent or by init. What a program that
   * ignores SIGCHLD started is lost by the kernel when it ends. Steps of 10 ms.
   */
  readonly cpuMs: number;
  /** Nothing of it can run until it is continued. False when the look was broken off. */
  readonly stopped: boolean;
  /** Resident now. */
  readonly memoryBytes: number;
  /** False: memory that forked children share with each other may have been counted for each of them. */
  readonly exact: boolean;
  /** The processes, for the next look. */
  readonly pids: readonly number[];
  /** The largest that any one process was resident with, ever. The kernel keeps it, so nothing between two looks is missed. */
  readonly largestProcessBytes: number;
}

export interface TreeOptions {
  /** Breaks the look off as soon as there are more: a fork bomb must not grow while it is being counted. */
  readonly maxTasks: number;
  /**
   * Memory is added up from cheap figures that count a page twice when a forked child shares it. A larger sum than
   * `exactAboveBytes` is worked out exactly when the same processes run as at the look `before`; one larger than
   * `limitBytes` always. That costs about a millisecond for each gigabyte, and it waits for a lock that a process holds while
   * it forks: among hundreds that fork, for seconds.
   */
  readonly exactAboveBytes: number;
  readonly limitBytes: number;
  readonly before: ReadonlySet<number>;
}

/** Null when nothing runs below `init`. Some 0.1 ms for each process. */
export function readTree(init: number, options: TreeOptions): TreeSample | null {
  // Init has adopted orphans of the program: their time is in what it has reaped.
  const adopted = readProcessStat(init)?.reapedTicks ?? 0;
  const processes = walkTree(init, options.maxTasks);
  if (processes.length === 0) {
    return null;
  }
  const tasks = processes.reduce((sum, { threads }) => sum + threads, 0);
  const ticks = processes.reduce((sum, { ownTicks, reapedTicks }) => sum + ownTicks + reapedTicks, adopted);
  const cpuMs = ticks * CLOCK_TICK_MS;
  const pids = processes.map(({ pid }) => pid);
  return tasks > options.maxTasks
    ? { tasks, cpuMs, stopped: false, memoryBytes: 0, exact: false, largestProcessBytes: 0, pids }
    : { tasks, cpuMs, stopped: isStopped(processes), ...readMemory(pids, options), pids };
}

function readMemory(
  pids: readonly number[],
  { exactAboveBytes, limitBytes, before }: TreeOptions,
): Pick<TreeSample, 'memoryBytes' | 'exact' | 'largestProcessBytes'> {
  const all = pids.map(readProcessMemory).filter((memory) => memory !== null);
  const largestProcessBytes = Math.max(0, ...all.map(({ peak }) => peak));
  const rough =
    all.reduce((sum, { anonymous }) => sum + anonymous, 0) +
    Math.max(0, ...all.map(({ shareable }) => shareable));
  const needed = rough > limitBytes || (rough > exactAboveBytes && pids.every((pid) => before.has(pid)));
  if (all.length < 2 || !needed) {
    return { memoryBytes: rough, exact: all.length < 2, largestProcessBytes };
  }
  const shares = pids.map(readProportionalMemory).filter((share) => share !== null);
  const exact = shares.reduce((sum, share) => sum + share, 0);
  return { memoryBytes: exact === 0 ? rough : exact, exact: exact > 0, largestProcessBytes };
}
