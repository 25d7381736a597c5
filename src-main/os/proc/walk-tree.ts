import { readChildren, readProcessStat } from './process-stats.ts';
import type { ProcessStat } from './process-stats.ts';

/** A process below the init of a sandbox, as one look found it. */
export interface TreeProcess extends ProcessStat {
  readonly pid: number;
}

/**
 * Walks down from the namespace's init, which is left out; nothing else of `/proc` is touched. Breaks off above `maxTasks`
 * processes and threads.
 */
export function walkTree(init: number, maxTasks: number): readonly TreeProcess[] {
  const found: TreeProcess[] = [];
  let tasks = 0;
  // By its threads too: a program may have put some into it, and each has children of its own.
  const waiting = [...readChildren(init, readProcessStat(init)?.threads)];
  for (let pid = waiting.pop(); pid !== undefined && tasks <= maxTasks; pid = waiting.pop()) {
    const stat = readProcessStat(pid);
    if (stat !== null) {
      found.push({ ...stat, pid });
      tasks += stat.threads;
      waiting.push(...readChildren(pid, stat.threads));
    }
  }
  return found;
}
