import type { ExitReason } from '../contract/views.ts';
import { SIGXCPU } from '../os/signals.ts';
import type { TreeCeilings } from './child-limits.ts';

/** Why a process ended whose end nobody asked for. `sent`: the signals that it was sent. */
export function unaskedReason(
  signal: number | null,
  sent: ReadonlySet<number>,
  { cpuMs }: TreeCeilings,
): ExitReason {
  if (signal === SIGXCPU && cpuMs !== null) {
    return 'cpu-limit';
  }
  // A signal of ours that ended it without a stop: somebody here wanted that.
  return signal !== null && sent.has(signal) ? 'killed' : 'self';
}
