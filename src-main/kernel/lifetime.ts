import type { DisposableStore } from '../base/disposable.ts';
import { closing } from '../runtime/capsule/loaded-capsules.ts';

/** From the start of a kernel to its end, as those see it who ask it for something. */
export interface Lifetime {
  /** @throws RuntimeError `kernel-disposed` once the end has begun */
  readonly requireOpen: () => void;
  /** Runs what changes something. Rejects with `kernel-disposed` once the end has begun; the end waits for what is under way. */
  readonly whileOpen: <T>(work: () => Promise<T>) => Promise<T>;
  /** What only looks, or names a process: the window shows what ends, and a person may end it sooner. @throws RuntimeError `kernel-disposed` after the end */
  readonly untilEnded: <T>(look: () => T) => T;
  /** Runs what hastens an end or records it, also while everything ends; the end waits for what is under way. */
  readonly track: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves when nothing of `whileOpen` and `track` is under way. */
  readonly settled: () => Promise<void>;
  /** Ends everything, once; all calls share one end. */
  readonly end: () => Promise<void>;
}

export function createLifetime(root: DisposableStore): Lifetime {
  const underWay = new Set<Promise<unknown>>();
  let [ending, ended] = [false, false];
  let disposal: Promise<void> | undefined;
  const requireOpen = (): void => {
    if (ending) {
      throw closing();
    }
  };
  const track: Lifetime['track'] = async (work) => {
    const running = work();
    underWay.add(running);
    try {
      return await running;
    } finally {
      underWay.delete(running);
    }
  };
  return {
    requireOpen,
    track,
    async whileOpen(work) {
      requireOpen();
      return track(work);
    },
    untilEnded(look) {
      if (ended) {
        throw closing();
      }
      return look();
    },
    async settled() {
      while (underWay.size > 0) {
        await Promise.allSettled(underWay);
      }
    },
    end() {
      ending = true;
      disposal ??= root.dispose().finally(() => {
        ended = true;
      });
      return disposal;
    },
  };
}
