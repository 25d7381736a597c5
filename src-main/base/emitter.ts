/** Hears values until its undo is called. */
export type Subscribe<T> = (listener: (value: T) => void) => () => void;

/** A private `fire` beside a public `event`: only the owner speaks, anyone may listen. */
export class Emitter<T> {
  #listeners = new Set<(value: T) => void>();

  readonly event: Subscribe<T> = (listener) => {
    // A wrapper per subscription, so that the same function may be subscribed twice.
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  };

  /** Calls every listener in order of subscription, also the ones after one that throws. */
  fire(value: T): void {
    let first: { readonly error: unknown } | undefined;
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        first ??= { error };
      }
    }
    if (first !== undefined) {
      throw first.error;
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
