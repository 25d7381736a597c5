import type { Clock } from '../../base/clock.ts';

/** When the owner of a process last did something with it. Looking at it is no use; waiting for it is, all the time. */
export class UseClock {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #last: number;
  #waits = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#last = clock.monotonic();
  }

  /** Milliseconds since then. */
  get idleMs(): number {
    return this.#waits > 0 ? 0 : this.#clock.monotonic() - this.#last;
  }

  touch(): void {
    this.#last = this.#clock.monotonic();
  }

  /** In use until the undo. */
  beginWait(): () => void {
    this.#waits += 1;
    return () => {
      this.#waits -= 1;
      this.touch();
    };
  }
}
