import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import { CLOCK_MS } from '../lib/limits.ts';

export interface Clock {
  readonly store: StoreApi<{ readonly now: number }>;
  /** Ticks while the page is visible; returns the unsubscribe function. */
  readonly start: (page: Document) => () => void;
}

/** The one clock of the window: every age and countdown reads it, and it rests while nobody can see it. */
export function createClock(now: () => number): Clock {
  const store = createStore<{ readonly now: number }>(() => ({ now: now() }));
  const tick = (): void => store.setState({ now: now() });
  return {
    store,
    start(page) {
      let timer: ReturnType<typeof setInterval> | undefined;
      const follow = (): void => {
        clearInterval(timer);
        timer = undefined;
        if (page.visibilityState === 'visible') {
          tick();
          timer = setInterval(tick, CLOCK_MS);
        }
      };
      follow();
      page.addEventListener('visibilitychange', follow);
      return () => {
        clearInterval(timer);
        page.removeEventListener('visibilitychange', follow);
      };
    },
  };
}
