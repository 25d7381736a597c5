import type { Clock } from './clock.ts';

export interface FakeClock extends Clock {
  /** Time goes by, on both clocks. */
  readonly pass: (ms: number) => void;
  /** Somebody sets the wall clock, forth or back. */
  readonly step: (ms: number) => void;
}

/** A clock for tests, that stands still but when it is told. */
export function fakeClock(epochMs = 1_700_000_000_000): FakeClock {
  let wall = epochMs;
  let passed = 0;
  return {
    now: () => wall,
    monotonic: () => passed,
    pass(ms) {
      wall += ms;
      passed += ms;
    },
    step(ms) {
      wall += ms;
    },
  };
}
