import { RuntimeError } from '../errors.ts';
import type { GuestInstance } from './instance.ts';
import type { InstanceBudget } from './instance-budget.ts';
import { IDLE_INSTANCE_MS } from '../limits.ts';

interface Waiter {
  readonly serve: (instance: GuestInstance) => void;
  readonly fail: (error: unknown) => void;
}

/** Instances of one capsule for one principal. Guest memory is never shared between principals. */
export interface InstancePool {
  /** An idle instance, a new one up to the limit, or the next that comes free; in order of asking. */
  readonly take: (signal?: AbortSignal) => Promise<GuestInstance>;
  /** Gives it back; one that is not alive any more makes room for a new one. */
  readonly give: (instance: GuestInstance) => void;
  readonly instances: () => readonly GuestInstance[];
  /** It has no instance, and nobody waits for one. */
  readonly unused: () => boolean;
  readonly dispose: () => Promise<void>;
}

/**
 * @param create makes and registers a new instance
 * @param limit the profile's in-flight limit
 * @param budget shared with all other pools
 */
export function createInstancePool(
  create: () => GuestInstance,
  limit: number,
  budget: InstanceBudget,
): InstancePool {
  const all = new Set<GuestInstance>();
  const idle: { readonly instance: GuestInstance; readonly timer: NodeJS.Timeout }[] = [];
  const waiting: Waiter[] = [];
  let disposed = false;

  const makeOne = (): GuestInstance => {
    budget.requireRoom();
    const instance = create();
    all.add(instance);
    budget.add(instance);
    instance.ended(() => {
      all.delete(instance);
      serveNext();
    });
    return instance;
  };

  /** Hands whatever is free to whoever waits longest. */
  const serveNext = (): void => {
    while (!disposed && waiting.length > 0) {
      const idleOne = takeIdle();
      if (idleOne === undefined && all.size >= limit) {
        return;
      }
      const waiter = waiting.shift();
      try {
        waiter?.serve(idleOne ?? makeOne());
      } catch (error) {
        // A worker that cannot be started is handled by the caller that needed it.
        waiter?.fail(error);
      }
    }
  };

  const takeIdle = (): GuestInstance | undefined => {
    // The newest first: its code and memory are the warmest.
    for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
      clearTimeout(entry.timer);
      budget.beginUse(entry.instance);
      if (entry.instance.alive) {
        return entry.instance;
      }
    }
    return undefined;
  };

  const retire = (instance: GuestInstance): void => {
    const index = idle.findIndex((entry) => entry.instance === instance);
    // One with live handles is not idle: its processes would end with it.
    if (index >= 0 && instance.handles.size === 0) {
      idle.splice(index, 1).forEach(({ timer }) => clearTimeout(timer));
      void instance.terminate();
    }
  };

  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason as Error);
          return;
        }
        if (disposed) {
          reject(stopping());
          return;
        }
        const onAbort = (): void => {
          const index = waiting.indexOf(waiter);
          if (index >= 0) {
            waiting.splice(index, 1);
          }
          reject(signal?.reason as Error);
        };
        const settled = (): void => signal?.removeEventListener('abort', onAbort);
        const waiter: Waiter = {
          serve(instance) {
            settled();
            resolve(instance);
          },
          fail(error) {
            settled();
            reject(error);
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        waiting.push(waiter);
        serveNext();
      });
    },
    give(instance) {
      if (instance.full && instance.handles.size === 0) {
        void instance.terminate();
      } else if (instance.alive && !disposed) {
        const timer = setTimeout(() => retire(instance), IDLE_INSTANCE_MS);
        timer.unref();
        idle.push({ instance, timer });
        budget.endUse(instance, () => retire(instance));
      }
      serveNext();
    },
    instances: () => [...all],
    unused: () => all.size === 0 && waiting.length === 0,
    async dispose() {
      disposed = true;
      for (const { timer } of idle.splice(0)) {
        clearTimeout(timer);
      }
      for (const waiter of waiting.splice(0)) {
        waiter.fail(stopping());
      }
      await Promise.all([...all].map((instance) => instance.terminate()));
    },
  };
}

function stopping(): RuntimeError {
  return new RuntimeError(
    'capsule-disabled',
    'The capsule was stopped before an instance became available.',
    'Enable it again, then repeat the call.',
  );
}
