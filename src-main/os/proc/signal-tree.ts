import { MAX_SIGNALLED_TASKS, STOP_ROUNDS } from '../limits.ts';
import { readProcessStat } from './process-stats.ts';
import { SIGNAL_NUMBERS } from './signals.ts';
import { walkTree } from './walk-tree.ts';
import type { TreeProcess } from './walk-tree.ts';

/**
 * Sends a signal to everything below the init of a sandbox, whatever session or group it is in. False when nothing was there.
 *
 * By groups: the kernel gives a signal to a whole group at once, so that none of it can fork past it. A stop is
 * repeated until nothing new is found: who is told to stop cannot fork any more, so that what was forked before is all there
 * is. Any other signal is sent once, or it would reach what a handler has started.
 *
 * @param isInit whether `init` still is the init of that sandbox; asked again right before each signal
 */
export function signalTree(init: number, signal: number, isInit: () => boolean): boolean {
  const reached = new Set<string>();
  const rounds = signal === SIGNAL_NUMBERS.stop ? STOP_ROUNDS : 1;
  for (let round = 0; round < rounds; round += 1) {
    const missed = walkTree(init, MAX_SIGNALLED_TASKS).filter((found) => !reached.has(identity(found)));
    for (const group of new Set(missed.map((found) => found.group))) {
      const members = missed.filter((found) => found.group === group);
      // A number stands for one group as long as a member of it lives.
      if (isInit() && members.some(isUnchanged) && deliver(-group, signal)) {
        members.forEach((member) => reached.add(identity(member)));
      }
    }
    if (missed.length === 0) {
      break;
    }
  }
  return reached.size > 0;
}

/** False when the process or group has ended in this moment. */
export function deliver(pid: number, signal: number): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** A pid is used again, but not by a process that began in the same moment. */
function identity({ pid, startTicks }: TreeProcess): string {
  return `${String(pid)} ${String(startTicks)}`;
}

function isUnchanged({ pid, group, startTicks }: TreeProcess): boolean {
  const now = readProcessStat(pid);
  return now !== null && now.group === group && now.startTicks === startTicks;
}
