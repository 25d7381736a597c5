import { CLOCK_TICK_MS } from '../limits.ts';
import { readChildren, readProcessMemory, readProcessStat, readProportionalMemory } from './process-stats.ts';

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

/** Walks down from the namespace's init; nothing else of `/proc` is touched. Null when nothing runs. Some 0.1 ms for each process. */
export function readTree(init: number, options: TreeOptions): TreeSample | null {
  const { maxTasks } = options;
  const pids: number[] = [];
  let tasks = 0;
  // Init has adopted orphans of the program: their time is in what it has reaped.
  let ticks = readProcessStat(init)?.reapedTicks ?? 0;
  const waiting = [...readChildren(init)];
  for (let pid = waiting.pop(); pid !== undefined && tasks <= maxTasks; pid = waiting.pop()) {
    const stat = readProcessStat(pid);
    if (stat !== null) {
      pids.push(pid);
      tasks += stat.threads;
      ticks += stat.ownTicks + stat.reapedTicks;
      waiting.push(...readChildren(pid, stat.threads));
    }
  }
  if (pids.length === 0) {
    return null;
  }
  if (tasks > maxTasks) {
    return {
      tasks,
      cpuMs: ticks * CLOCK_TICK_MS,
      memoryBytes: 0,
      exact: false,
      largestProcessBytes: 0,
      pids,
    };
  }
  return { tasks, cpuMs: ticks * CLOCK_TICK_MS, ...readMemory(pids, options), pids };
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
