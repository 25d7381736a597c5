import { availableParallelism } from 'node:os';
import { CLOCK_TICK_MS, SAMPLED_SLACK_MS, SAMPLED_SLACK_SHARE, SAMPLED_THREADS } from '../limits.ts';
import { readTasks, readTaskState, readTimeShare } from './process-stats.ts';
import type { TreeProcess } from './walk-tree.ts';

/** What one look knows of processes for the next. */
export interface SeenProcess {
  readonly startTicks: number;
  readonly ownTicks: number;
}

/** Processor time by samples, up to one look. */
export interface SampledTime {
  /** When the look was, in milliseconds of the machine's clock. */
  readonly at: number;
  readonly ms: number;
  readonly processes: ReadonlyMap<number, SeenProcess>;
}

/**
 * Adds what happened since the look `before`: of who was there at both, its own time exactly; for who has come since, the whole
 * pause if it runs now, as a profiler counts. So time counts that the kernel hands to nobody: of children whose parent ignores
 * SIGCHLD.
 *
 * @param exactMs what the kernel tells of a tree that is seen for the first time
 * @param now in milliseconds, of a clock that all threads share
 */
export function sampleTime(
  processes: readonly TreeProcess[],
  before: SampledTime | null,
  exactMs: number,
  now: number,
): SampledTime {
  const seen = new Map(processes.map(({ pid, startTicks, ownTicks }) => [pid, { startTicks, ownTicks }]));
  if (before === null) {
    return { at: now, ms: exactMs, processes: seen };
  }
  let [ticks, running] = [0, 0];
  for (const one of processes) {
    const last = before.processes.get(one.pid);
    if (last?.startTicks === one.startTicks) {
      ticks += one.ownTicks - last.ownTicks;
    } else {
      running += runningThreads(one);
    }
  }
  const sampled = Math.min(running, availableParallelism()) * (now - before.at);
  return { at: now, ms: before.ms + ticks * CLOCK_TICK_MS + sampled, processes: seen };
}

/** What is certain of a sampled time, in whole milliseconds: what exceeds the error of sampling. */
export function certainTime({ ms }: SampledTime): number {
  return Math.max(0, Math.floor(ms - SAMPLED_SLACK_MS - ms * SAMPLED_SLACK_SHARE));
}

/** How many of its threads have a core; one that waits for a core counts as the share of its life in which it had one. */
function runningThreads({ pid, state, threads }: TreeProcess): number {
  const states =
    threads > 1
      ? readTasks(pid)
          .slice(0, SAMPLED_THREADS)
          .map((task) => readTaskState(pid, task))
      : [state];
  const ready = states.filter((each) => each === 'R').length;
  return ready === 0 ? 0 : ready * readTimeShare(pid);
}
