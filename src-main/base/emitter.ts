/** Hears values until the function it returned is called. */
export type Subscribe<T> = (listener: (value: T) => void) => () => void;

/** A private `fire` beside a public `event`: only the owner speaks, anyone may listen. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #onError: (error: unknown) => void;

  /** @param onError hears what a listener throws; a warning of the process when absent */
  constructor(onError: (error: unknown) => void = warn) {
    this.#onError = onError;
  }

  readonly event: Subscribe<T> = (listener) => {
    // A wrapper per subscription, so that the same function may be subscribed twice.
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  };

  /** Calls every listener in order of subscription. Never throws: what one of them does wrong is not the publisher's. */
  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

function warn(error: unknown): void {
  process.emitWarning(
    error instanceof Error ? (error.stack ?? error.message) : String(error),
    'ListenerFailed',
  );
}
