import type { ExitReason } from '../../contract/views.ts';
import { SWEEP_INTERVAL_MS } from '../limits.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import type { ProcessTimes } from '../process/process-times.ts';
import type { ProcessPlan } from '../process/spec.ts';
import type { UseClock } from '../process/use-clock.ts';

/** What is due for one process: an end with its reason, being forgotten, or nothing. */
export type Decision = Extract<ExitReason, 'idle' | 'lifetime'> | 'forget' | null;

/** What is looked at of a process. */
interface Evaluated extends Pick<ManagedProcess, 'phase'> {
  readonly plan: Pick<ProcessPlan, 'maxLifetimeMs' | 'idleTimeoutMs' | 'exitRetentionMs'>;
  readonly times: Pick<ProcessTimes, 'ageMs' | 'endedForMs'>;
  readonly use: Pick<UseClock, 'idleMs'>;
}

/** Judges by the limits that the process was started with. */
export function evaluate(process: Evaluated): Decision {
  const { maxLifetimeMs, idleTimeoutMs, exitRetentionMs } = process.plan;
  const { ageMs, endedForMs } = process.times;
  if (endedForMs !== null) {
    return endedForMs >= exitRetentionMs ? 'forget' : null;
  }
  if (process.phase !== 'running') {
    return null;
  }
  if (ageMs >= maxLifetimeMs) {
    return 'lifetime';
  }
  return idleTimeoutMs !== null && process.use.idleMs >= idleTimeoutMs ? 'idle' : null;
}

/** Calls `sweep` every 2 s while there is something to watch. Never keeps the application alive. */
export class Reaper {
  readonly #sweep: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(sweep: () => void) {
    this.#sweep = sweep;
  }

  /** Begins to look, or stops. */
  watch(needed: boolean): void {
    if (!needed) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= setInterval(this.#sweep, SWEEP_INTERVAL_MS).unref();
    }
  }
}
