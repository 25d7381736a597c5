import { TypedError } from '../../base/typed-error.ts';
import { waitFor } from '../../base/wait-for.ts';
import type { Call } from '../pipeline/host-function.ts';
import { resource, type HandleOf } from '../pipeline/resource.ts';

export interface Readiness {
  readonly ready: () => boolean;
  /** Calls `listener` whenever `ready` or `gone` may have changed; returns the unsubscribe function. */
  readonly subscribe: (listener: () => void) => () => void;
  /** What it watches has ended in a way that it can never be ready again; never when absent. */
  readonly gone?: () => boolean;
}

/** A readiness that a guest can wait for: level-triggered, asked as often as one likes. */
export class Pollable {
  readonly #of: Readiness;
  readonly #closed = new Set<() => void>();
  #isClosed = false;

  constructor(of: Readiness) {
    this.#of = of;
  }

  get ready(): boolean {
    return !this.#isClosed && this.#of.ready();
  }

  /** Nothing can make it ready any more. */
  get gone(): boolean {
    return this.#isClosed || (!this.ready && this.#of.gone?.() === true);
  }

  subscribe(listener: () => void): () => void {
    const unsubscribe = this.#of.subscribe(listener);
    this.#closed.add(listener);
    return () => {
      this.#closed.delete(listener);
      unsubscribe();
    };
  }

  /** What it watched is dropped. */
  close(): void {
    this.#isClosed = true;
    for (const listener of [...this.#closed]) {
      listener();
    }
  }
}

export const POLLABLE = resource<Pollable>()('astrid:io/poll@1.0.0#pollable');

/** Gives the guest the readiness of something that it holds; it is gone when that is dropped. */
export function insertPollable(call: Call, parent: number, of: Readiness): HandleOf<typeof POLLABLE> {
  const pollable = new Pollable(of);
  return call.handles.insertChild(parent, POLLABLE, pollable, { dispose: () => pollable.close() });
}

/**
 * Waits until at least one is ready and answers the indices of all that are, in order. Rejects when `signal`
 * aborts, and with `closed` when one of them can never be ready again: it would be waited for in vain.
 */
export async function waitForAny(
  pollables: readonly Pollable[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const ready = await waitFor({
    now: () => {
      const found = readyOnes(pollables);
      return found.length > 0 ? found : undefined;
    },
    subscribe: (listener) => {
      const subscriptions = pollables.map((pollable) => pollable.subscribe(listener));
      return () => subscriptions.forEach((unsubscribe) => unsubscribe());
    },
    signal,
  });
  // Without a time there is no end but one of these.
  return ready ?? [];
}

/** @throws TypedError `closed` */
function readyOnes(pollables: readonly Pollable[]): number[] {
  if (pollables.some((pollable) => pollable.gone)) {
    throw new TypedError(
      'closed',
      'The resource of a pollable no longer exists.',
      'Drop the pollable and wait for the others.',
    );
  }
  return pollables.flatMap((pollable, index) => (pollable.ready ? [index] : []));
}
