import { secondOf } from './owner-budget.ts';

/** Runs work at the end of a second in which it was asked for, once. */
export interface OnceASecond {
  /** `now` in milliseconds: work that is due from an earlier second is done at once. */
  readonly arrive: (now: number) => void;
  /** Asks for the work at the end of the second of `now`. */
  readonly ask: (now: number) => void;
  /** Does now what is due later. */
  readonly finish: () => void;
}

export function onceASecond(work: () => void): OnceASecond {
  let due: { readonly second: number; readonly timer: NodeJS.Timeout } | undefined;
  const finish = (): void => {
    if (due !== undefined) {
      clearTimeout(due.timer);
      due = undefined;
      work();
    }
  };
  return {
    finish,
    arrive(now) {
      if (due !== undefined && due.second !== secondOf(now)) {
        finish();
      }
    },
    ask(now) {
      if (due === undefined) {
        const timer = setTimeout(finish, 1_000 - (now % 1_000));
        // Whoever ends the program finishes first.
        timer.unref();
        due = { second: secondOf(now), timer };
      }
    },
  };
}
