/**
 * The time as this process sees it. Passed in, so that rules about time can be tested as tables. What lasts is measured by
 * `monotonic`: the wall clock is set by people and by the network, forth and back, and is for showing only.
 */
export interface Clock {
  /** Epoch milliseconds, whole. Never negative. */
  readonly now: () => number;
  /** Milliseconds since some moment of this run, with fractions; never goes back, and stands still while the machine sleeps. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = {
  now: () => Math.max(0, Date.now()),
  monotonic: () => performance.now(),
};
