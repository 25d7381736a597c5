import type { Clock } from '../../base/clock.ts';

/** When the owner of a process last did something with it. Looking at it is no use; waiting for it is, all the time. */
export class UseClock {
  readonly #clock: Clock;
  #last: number;
  #waits = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** Epoch ms. */
  get last(): number {
    return this.#waits > 0 ? this.#clock.now() : this.#last;
  }

  touch(): void {
    this.#last = this.#clock.now();
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
