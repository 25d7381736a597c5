import { RESTART_ATTEMPTS, RESTART_FIRST_MS, RESTART_FORGET_MS, RESTART_MAX_MS } from '../limits.ts';

/** What to do after a crash: wait this long and start again, or give up. */
export type RestartDecision =
  { readonly kind: 'restart'; readonly afterMs: number } | { readonly kind: 'give-up' };

/** Counts the crashes of one run loop. */
export interface RestartPolicy {
  /** @param livedMs how long the loop ran before it crashed */
  readonly crashed: (livedMs: number) => RestartDecision;
  /** Crashes in a row so far. */
  readonly attempts: () => number;
}

/** 2 s doubling to 120 s, five attempts; a loop that ran for ten minutes starts counting afresh. */
export function createRestartPolicy(): RestartPolicy {
  let attempts = 0;
  return {
    attempts: () => attempts,
    crashed(livedMs) {
      attempts = livedMs >= RESTART_FORGET_MS ? 1 : attempts + 1;
      return attempts > RESTART_ATTEMPTS
        ? { kind: 'give-up' }
        : { kind: 'restart', afterMs: Math.min(RESTART_FIRST_MS * 2 ** (attempts - 1), RESTART_MAX_MS) };
    },
  };
}
