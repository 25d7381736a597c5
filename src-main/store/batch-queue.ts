import { WRITE_RETRY_MS } from './limits.ts';

/** Writes items in order, in batches, off the caller's path. What cannot be written stays and is tried again. */
export interface BatchQueue<Item> {
  readonly push: (item: Item) => void;
  /** Items that are not written yet. */
  readonly waiting: () => number;
  /**
   * Resolves when everything pushed before the call is written, or an attempt to do so that began after the call has
   * failed. What is pushed later is not waited for.
   */
  readonly flush: () => Promise<void>;
  /** A last attempt; then what is still waiting is forgotten and reported. Nothing may be pushed afterwards. */
  readonly close: () => Promise<void>;
}

export interface BatchQueueOptions<Item> {
  /** Writes all of a batch or nothing. */
  readonly write: (batch: readonly Item[]) => Promise<void>;
  /** Hears of the first failed attempt in a row, and of what is lost at the end. `count`: items that wait. */
  readonly failed: (what: 'kept' | 'lost', count: number, error: unknown) => void;
}

interface Waiter {
  /** How many items had been pushed at the call, and how many attempts begun. */
  readonly pushed: number;
  readonly attempts: number;
  readonly resolve: () => void;
}

/** Items of one place; another place has a queue of its own, so that one that fails holds up no other. */
export function createBatchQueue<Item>({ write, failed }: BatchQueueOptions<Item>): BatchQueue<Item> {
  let queue: Item[] = [];
  let written = 0;
  let attempts = 0;
  let failure: { readonly error: unknown } | undefined;
  let running: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let underWay = 0;
  let waiters: Waiter[] = [];

  const waiting = (): number => underWay + queue.length;

  const settle = (isOver: (waiter: Waiter) => boolean): void => {
    const over = waiters.filter(isOver);
    waiters = waiters.filter((waiter) => !isOver(waiter));
    over.forEach(({ resolve }) => resolve());
  };

  const attempt = async (): Promise<void> => {
    const batch = queue;
    queue = [];
    underWay = batch.length;
    attempts += 1;
    const own = attempts;
    try {
      await write(batch);
      written += batch.length;
      failure = undefined;
      underWay = 0;
      settle(({ pushed }) => pushed <= written);
    } catch (error) {
      queue = [...batch, ...queue];
      underWay = 0;
      if (failure === undefined) {
        failed('kept', queue.length, error);
      }
      failure = { error };
      settle((waiter) => waiter.attempts < own);
    }
  };

  const run = async (): Promise<void> => {
    clearTimeout(retry);
    // What is pushed in the same turn is written together.
    await Promise.resolve();
    do {
      await attempt();
    } while (queue.length > 0 && (failure === undefined || waiters.length > 0));
    running = undefined;
    if (queue.length > 0) {
      retry = setTimeout(start, WRITE_RETRY_MS);
      // A full disk keeps no program alive; its end makes a last attempt.
      retry.unref();
    }
  };
  const start = (): void => {
    running ??= run();
  };

  const flush = async (): Promise<void> => {
    if (waiting() > 0) {
      const over = new Promise<void>((resolve) => {
        waiters.push({ pushed: written + waiting(), attempts, resolve });
      });
      start();
      await over;
    }
  };

  return {
    waiting,
    push(item) {
      queue.push(item);
      // After a failure the clock decides, or whoever waits: a full disk is not asked again for each item.
      if (failure === undefined) {
        start();
      }
    },
    flush,
    async close() {
      await flush();
      await running;
      clearTimeout(retry);
      if (failure !== undefined && queue.length > 0) {
        failed('lost', queue.length, failure.error);
        queue = [];
      }
    },
  };
}
