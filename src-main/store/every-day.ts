import type { Clock } from '../base/clock.ts';
import type { Dispose } from '../base/disposable.ts';
import { DAY_CHECK_MS } from './limits.ts';

/**
 * Runs work whenever a new day (UTC) has begun, also after a suspension. It keeps no program alive.
 *
 * @param checkMs how often the clock is looked at
 * @returns its end
 */
export function everyDay(clock: Pick<Clock, 'now'>, work: () => void, checkMs = DAY_CHECK_MS): Dispose {
  let today = dayOf(clock.now());
  const timer = setInterval(() => {
    const day = dayOf(clock.now());
    if (day !== today) {
      today = day;
      work();
    }
  }, checkMs);
  timer.unref();
  return () => clearInterval(timer);
}

function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}
