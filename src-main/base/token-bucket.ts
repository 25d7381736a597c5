import type { Clock } from './clock.ts';

export interface Rate {
  /** What comes back in a second, evenly. */
  readonly perSecond: number;
  /** What may be taken at once after a time of rest. */
  readonly burst: number;
}

/** A budget that refills: over any time of t seconds at most `burst + t * perSecond` is taken. */
export class TokenBucket {
  readonly #rate: Rate;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #left: number;
  #at: number;

  constructor(rate: Rate, clock: Pick<Clock, 'monotonic'>) {
    this.#rate = rate;
    this.#clock = clock;
    this.#left = rate.burst;
    this.#at = clock.monotonic();
  }

  /** Takes all of the amount, or nothing when there is not enough. */
  take(amount: number): boolean {
    const now = this.#clock.monotonic();
    const back = ((now - this.#at) / 1_000) * this.#rate.perSecond;
    this.#left = Math.min(this.#rate.burst, this.#left + back);
    this.#at = now;
    // Written so that an amount that is no number is refused.
    if (!(amount <= this.#left)) {
      return false;
    }
    this.#left -= amount;
    return true;
  }
}
