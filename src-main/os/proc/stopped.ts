import { readPendingSignals, readTasks, readTaskState } from './process-stats.ts';
import { SIGNAL_NUMBERS } from './signals.ts';
import type { TreeProcess } from './walk-tree.ts';

/** Whether there is something and none of it can run until it is continued, whoever stopped it: every thread in state T. */
export function isStopped(processes: readonly TreeProcess[]): boolean {
  const live = processes.filter(isLive);
  return live.length > 0 && live.every(isProcessStopped);
}

/** Not ended; a first thread may have ended before the others. */
function isLive({ state, threads }: TreeProcess): boolean {
  return threads > 1 || !ENDED.includes(state);
}

function isProcessStopped({ pid, state, threads }: TreeProcess): boolean {
  if (threads === 1) {
    return isTaskStopped(pid, state);
  }
  return (
    (state === 'T' || ENDED.includes(state) || state === 'D') &&
    readTasks(pid)
      .map((task) => readTaskState(pid, task))
      .every((each) => ENDED.includes(each) || isTaskStopped(pid, each))
  );
}

/**
 * Who waits for a child that `vfork` made, and that is stopped before it executes its program, cannot be interrupted: it stops
 * before it runs again, as the signal that waits for it says.
 */
function isTaskStopped(pid: number, state: string): boolean {
  return state === 'T' || (state === 'D' && readPendingSignals(pid).has(SIGNAL_NUMBERS.stop));
}

/** Waits to be reaped, is being removed, or was gone when it was looked at. */
const ENDED: readonly string[] = ['Z', 'X', ''];
