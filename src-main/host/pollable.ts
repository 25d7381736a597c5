/** A readiness that a guest can wait for: level-triggered, asked as often as one likes. */
export class Pollable {
  readonly ready: () => boolean;
  /** Calls `listener` whenever readiness may have changed; returns its undo. */
  readonly subscribe: (listener: () => void) => () => void;

  constructor(ready: () => boolean, subscribe: (listener: () => void) => () => void) {
    this.ready = ready;
    this.subscribe = subscribe;
  }
}

export const POLLABLE = 'astrid:io/poll@1.0.0#pollable';

export function isPollable(value: unknown): value is Pollable {
  return value instanceof Pollable;
}

/**
 * Waits until at least one is ready and answers the indices of all that are, in order.
 * Rejects when `signal` aborts.
 */
export async function waitForAny(pollables: readonly Pollable[], signal: AbortSignal): Promise<number[]> {
  const readyOnes = (): number[] => pollables.flatMap((pollable, index) => (pollable.ready() ? [index] : []));
  const now = readyOnes();
  if (now.length > 0) {
    return now;
  }
  return new Promise<number[]>((resolve, reject) => {
    const undos = pollables.map((pollable) =>
      pollable.subscribe(() => {
        const ready = readyOnes();
        if (ready.length > 0) {
          finish();
          resolve(ready);
        }
      }),
    );
    const onAbort = (): void => {
      finish();
      reject(signal.reason as Error);
    };
    const finish = (): void => {
      signal.removeEventListener('abort', onAbort);
      for (const undo of undos) {
        undo();
      }
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
