/** The time as this process sees it. Passed in, so that rules about time can be tested as tables. */
export interface Clock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Nanoseconds since this process started counting; never goes back. */
  readonly monotonicNs: () => bigint;
}

const anchor = process.hrtime.bigint();

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicNs: () => process.hrtime.bigint() - anchor,
};
