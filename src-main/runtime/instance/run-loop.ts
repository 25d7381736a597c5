import type { Clock } from '../../base/clock.ts';
import type { CallOutcome } from './call-outcome.ts';
import type { GuestInstance } from './instance.ts';
import { createRestartPolicy } from './restart.ts';

/** Where a capsule's own loop stands. */
export type RunLoopState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  | { readonly kind: 'finished' }
  | { readonly kind: 'restarting'; readonly reason: string; readonly at: number }
  | { readonly kind: 'failed'; readonly reason: string };

export interface RunLoop {
  readonly state: () => RunLoopState;
  readonly restarts: () => number;
  readonly dispose: () => Promise<void>;
}

/**
 * Keeps the guest's `run` export running: one instance, restarted with back-off when it crashes. A
 * loop that returns by itself is finished and is left alone.
 *
 * @param create makes the loop's own instance
 * @param onChange called after every change of state
 */
export function startRunLoop(
  create: () => Pick<GuestInstance, 'call' | 'terminate'>,
  onChange: () => void,
  clock: Clock,
): RunLoop {
  const policy = createRestartPolicy();
  let state: RunLoopState = { kind: 'starting' };
  let instance: Pick<GuestInstance, 'terminate'> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let disposed = false;

  const change = (next: RunLoopState): void => {
    state = next;
    if (!disposed) {
      onChange();
    }
  };

  const start = async (): Promise<void> => {
    change({ kind: 'starting' });
    const since = clock.monotonic();
    const started = tryToCreate();
    if (started === undefined) {
      return;
    }
    instance = started;
    const end = await started.call('run', [], {
      invocation: null,
      onReady: () => change({ kind: 'running' }),
    });
    await started.terminate();
    if (!disposed) {
      afterEnd(end, clock.monotonic() - since);
    }
  };

  /** Undefined when there is none to be had: as a crash, it is tried again. */
  const tryToCreate = (): ReturnType<typeof create> | undefined => {
    try {
      return create();
    } catch (error) {
      afterEnd({ kind: 'refused', message: error instanceof Error ? error.message : String(error) }, 0);
      return undefined;
    }
  };

  const afterEnd = (end: CallOutcome, livedMs: number): void => {
    if (end.kind === 'returned') {
      change({ kind: 'finished' });
      return;
    }
    const decision = policy.crashed(livedMs);
    if (decision.kind === 'give-up') {
      change({
        kind: 'failed',
        reason: `The run loop crashed ${policy.attempts()} times in a row: ${end.message}`,
      });
      return;
    }
    change({ kind: 'restarting', reason: end.message, at: clock.now() + decision.afterMs });
    timer = setTimeout(() => void start(), decision.afterMs);
    timer.unref();
  };

  void start();
  return {
    state: () => state,
    restarts: policy.attempts,
    async dispose() {
      disposed = true;
      clearTimeout(timer);
      await instance?.terminate();
    },
  };
}
