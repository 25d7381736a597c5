import { untilAborted } from './until-aborted.ts';

/** Runs work under a key one after the other, in the order it was given; work under different keys runs side by side. */
export class KeyedMutex {
  /** The end of the last work given under each key that has work under way. */
  readonly #last = new Map<string, Promise<void>>();

  /**
   * A failure concerns only the work that failed; the next goes on.
   *
   * @param signal ends the waiting with its reason: what has not begun by then never begins. Work that has begun goes on
   */
  run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const turn = this.#last.get(key) ?? Promise.resolve();
    const result = turn.then(() => {
      signal?.throwIfAborted();
      return work();
    });
    const last = result
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        if (this.#last.get(key) === last) {
          this.#last.delete(key);
        }
      });
    this.#last.set(key, last);
    return signal === undefined ? result : untilAborted(turn, signal).then(() => result);
  }

  /** The end of all that was given under the key so far; undefined when there is nothing. */
  underWay(key: string): Promise<void> | undefined {
    return this.#last.get(key);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#last.size > 0) {
      await Promise.all(this.#last.values());
    }
  }
}
