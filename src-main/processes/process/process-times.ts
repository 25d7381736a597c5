import type { Clock } from '../../base/clock.ts';

/** When one process began and ended: as the wall clock showed it then, and how long ago by the clock that nobody sets. */
export class ProcessTimes {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly #clock: Clock;
  readonly #start: number;
  #exitedAt: number | null = null;
  #end: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.startedAt = clock.now();
    this.#start = clock.monotonic();
  }

  /** Epoch ms, null while it runs. */
  get exitedAt(): number | null {
    return this.#exitedAt;
  }

  /** How long it ran, up to now or to its end. Milliseconds. */
  get ageMs(): number {
    return (this.#end ?? this.#clock.monotonic()) - this.#start;
  }

  /** Milliseconds since its end, null while it runs. */
  get endedForMs(): number | null {
    return this.#end === null ? null : this.#clock.monotonic() - this.#end;
  }

  /**
   * The time for marks within its output, epoch ms: what the wall clock would show now, had nobody set it since the start. So
   * the marks of both streams stay in the order in which the bytes came.
   */
  readonly mark = (): number => this.startedAt + this.#clock.monotonic() - this.#start;

  /** It has ended now; once. */
  end(): void {
    this.#exitedAt = this.#clock.now();
    this.#end = this.#clock.monotonic();
  }
}
