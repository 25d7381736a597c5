import { TypedError } from '../../base/typed-error.ts';

/** A readiness that a guest can wait for: level-triggered, asked as often as one likes. */
export class Pollable {
  readonly ready: () => boolean;
  /** Calls `listener` whenever `ready` or `gone` may have changed; returns the unsubscribe function. */
  readonly subscribe: (listener: () => void) => () => void;
  /** What it watched has ended in a way that it can never be ready again. */
  readonly gone: () => boolean;

  constructor(
    ready: () => boolean,
    subscribe: (listener: () => void) => () => void,
    gone: () => boolean = () => false,
  ) {
    this.ready = ready;
    this.subscribe = subscribe;
    this.gone = gone;
  }
}

export const POLLABLE = 'astrid:io/poll@1.0.0#pollable';

export function isPollable(value: unknown): value is Pollable {
  return value instanceof Pollable;
}

/**
 * Waits until at least one is ready and answers the indices of all that are, in order. Rejects when `signal`
 * aborts, and with `closed` when one of them can never be ready again: it would be waited for in vain.
 */
export async function waitForAny(pollables: readonly Pollable[], signal: AbortSignal): Promise<number[]> {
  signal.throwIfAborted();
  const now = readyOnes(pollables);
  if (now.length > 0) {
    return now;
  }
  return new Promise<number[]>((resolve, reject) => {
    const subscriptions: (() => void)[] = [];
    const finish = (): void => {
      signal.removeEventListener('abort', onAbort);
      for (const unsubscribe of subscriptions.splice(0)) {
        unsubscribe();
      }
    };
    const look = (): void => {
      try {
        const ready = readyOnes(pollables);
        if (ready.length > 0) {
          finish();
          resolve(ready);
        }
      } catch (error) {
        finish();
        reject(error);
      }
    };
    const onAbort = (): void => {
      finish();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    for (const pollable of pollables) {
      subscriptions.push(pollable.subscribe(look));
    }
  });
}

/** @throws TypedError `closed` */
function readyOnes(pollables: readonly Pollable[]): number[] {
  if (pollables.some((pollable) => !pollable.ready() && pollable.gone())) {
    throw new TypedError(
      'closed',
      'What a pollable watched is gone.',
      'Drop the pollable, and wait for the others without it.',
    );
  }
  return pollables.flatMap((pollable, index) => (pollable.ready() ? [index] : []));
}
