import type { ExitReason } from '../../contract/views.ts';
import { SIGKILL, SIGNAL_NUMBERS, SIGXCPU } from '../../os/proc/signals.ts';
import type { ChildExit } from '../../os/proc/signals.ts';
import type { TreeLimits } from '../usage/child-limits.ts';

/**
 * Why a process ended. `ranOutOfMemory`: the kernel says so. `asked`: the reason of whoever wanted its end before it was known; `sent`: the signals that it was
 * sent. A program that got no TERM and no INT can only have ended for the one who asked by KILL: an end of any other kind
 * came before it.
 */
export function reasonOfExit(
  { signal }: ChildExit,
  asked: ExitReason | undefined,
  sent: ReadonlySet<number>,
  { cpuMs }: TreeLimits,
  ranOutOfMemory: boolean,
): ExitReason {
  const wasAsked = sent.has(SIGNAL_NUMBERS.term) || sent.has(SIGNAL_NUMBERS.int);
  if (asked !== undefined && (wasAsked || signal === SIGKILL)) {
    return asked;
  }
  if (ranOutOfMemory && signal === SIGKILL) {
    return 'memory-limit';
  }
  if (signal === SIGXCPU && cpuMs !== null) {
    return 'cpu-limit';
  }
  // A signal of ours that ended it without a stop: somebody here wanted that.
  return signal !== null && sent.has(signal) ? 'killed' : 'self';
}
