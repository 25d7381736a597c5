import { CLOCK_TICK_MS, INIT_MEMORY_BYTES } from '../limits.ts';
import { readGroupUsage } from '../groups/group-files.ts';
import type { MachineMemory } from './machine-memory.ts';
import { readProcessMemory, readProcessStat } from './process-stats.ts';
import { certainTime, sampleTime, type SampledTime } from './sampled-time.ts';
import { isStopped } from './stopped.ts';
import { readTreeMemory, type Scan } from './tree-memory.ts';
import { walkTree } from './walk-tree.ts';

/** What a program and everything it started, whole tree, has used so far. */
export interface ProcessUsage {
  readonly cpuMs: number;
  /** Largest resident memory seen, in bytes. */
  readonly peakMemoryBytes: number;
}

/**
 * One look at everything that runs in a sandbox. Its init counts with what it uses: a program may write into its memory, and
 * have it do the work.
 */
export interface TreeSample {
  /** Processes and threads, but for init's own. At least this many when the look was broken off, see `maxTasks`. */
  readonly tasks: number;
  /**
   * CPU time so far: of what runs, and of what has ended and was waited for, by its parent or by init, in steps of 10 ms. Where
   * the kernel lost more than that by SIGCHLD being ignored, it is what was sampled, less the error of sampling.
   */
  readonly cpuMs: number;
  /** Nothing of it can run until it is continued. False when the look was broken off. */
  readonly stopped: boolean;
  /** Now, see `readTreeMemory`. */
  readonly memoryBytes: number;
  /** False: memory that forked children share with each other may have been counted for each of them. */
  readonly exact: boolean;
  /** For the next look. */
  readonly seen: SeenTree;
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
  readonly before: SeenTree | null;
  /** The cgroup of the sandbox, where it has one: what the kernel counts for it is taken, and not worked out. */
  readonly group: string | null;
}

/** What one look tells the next. */
export interface SeenTree {
  readonly time: SampledTime;
  readonly others: MachineMemory | null;
  readonly scan: Scan | null;
}

/** Null when `init` is not there. Some 0.1 ms for each process. */
export function readTree(init: number, options: TreeOptions): TreeSample | null {
  const stat = readProcessStat(init);
  if (stat === null) {
    return null;
  }
  const { maxTasks, before } = options;
  const counted = options.group === null ? null : readGroupUsage(options.group);
  const processes = walkTree(init, maxTasks);
  const all = [{ ...stat, pid: init }, ...processes];
  const tasks = all.reduce((sum, { threads }) => sum + threads, -1);
  // Init has adopted orphans of the program: their time is in what it has reaped.
  const ticks = all.reduce((sum, { ownTicks, reapedTicks }) => sum + ownTicks + reapedTicks, 0);
  const exactMs = ticks * CLOCK_TICK_MS;
  if (tasks > maxTasks) {
    const seen = before ?? { time: sampleTime([], null, exactMs, now()), others: null, scan: null };
    return {
      tasks,
      cpuMs: exactMs,
      stopped: false,
      memoryBytes: 0,
      exact: false,
      largestProcessBytes: 0,
      seen,
    };
  }
  const time = sampleTime(all, before?.time ?? null, exactMs, now());
  const told = {
    tasks,
    cpuMs: counted?.cpuMs ?? Math.max(exactMs, certainTime(time)),
    stopped: isStopped(processes),
  };
  if (counted !== null && counted.memoryBytes !== null) {
    const { memoryBytes } = counted;
    return {
      ...told,
      memoryBytes,
      exact: true,
      largestProcessBytes: 0,
      seen: { time, others: null, scan: null },
    };
  }
  const atWork = isAtWork(init) ? all : processes;
  const { others, scan, ...memory } = readTreeMemory({
    ...options,
    init,
    processes: atWork,
    isSteady: before !== null && atWork.every(({ pid }) => before.time.processes.has(pid)),
    othersBefore: before?.others ?? null,
    scanBefore: before?.scan ?? null,
  });
  return {
    ...told,
    ...memory,
    seen: { time, others, scan },
  };
}

/** Milliseconds of a clock that all threads share. */
function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}

/** Whether an init holds more than bubblewrap's own does. */
function isAtWork(init: number): boolean {
  const memory = readProcessMemory(init);
  return memory !== null && memory.anonymous + memory.pageTables > INIT_MEMORY_BYTES;
}
