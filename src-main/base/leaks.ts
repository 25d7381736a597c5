/** Hears of everything that somebody has to end. */
export interface LeakTracker {
  readonly opened: (thing: object) => void;
  readonly closed: (thing: object) => void;
}

let tracker: LeakTracker | null = null;

/** Tests alone listen: a suite that leaves something open fails (`build/test/leak-check.ts`). Null: nobody listens. */
export function trackLeaks(next: LeakTracker | null): void {
  tracker = next;
}

/** To be called by whatever has to be ended, when it begins. */
export function opened(thing: object): void {
  tracker?.opened(thing);
}

/** To be called when it has ended; twice is once. */
export function closed(thing: object): void {
  tracker?.closed(thing);
}
