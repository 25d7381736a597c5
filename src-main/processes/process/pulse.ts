/** Tells of many things at once: at most once in so many milliseconds, and late by no more than that. */
export class Pulse {
  readonly #tell: () => void;
  readonly #pauseMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: () => void, pauseMs: number) {
    this.#tell = tell;
    this.#pauseMs = pauseMs;
  }

  /** Something happened. */
  beat(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, this.#pauseMs).unref();
  }

  /** Tells nothing any more of what has happened so far. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
