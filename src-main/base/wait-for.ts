export interface WaitOptions<T> {
  /** What is waited for, undefined while it is not there. A throw ends the wait with that error. */
  readonly now: () => T | undefined;
  /** Calls `listener` whenever `now` may have changed; returns the unsubscribe function. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Ends the wait with its reason. */
  readonly signal: AbortSignal;
  /** Absent: as long as the signal allows. Longer than a timer can be (24 days) means that long. */
  readonly timeoutMs?: number | bigint | undefined;
}

/** The longest a timer can be, 2^31 − 1 ms: a longer one would fire at once. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

/**
 * Waits for something to be there: the one wait behind every blocking host function. Looks at once and then only when
 * told of a change; leaves neither listener nor timer behind.
 *
 * @returns undefined when the time was over first
 */
export async function waitFor<T>({
  now,
  subscribe,
  signal,
  timeoutMs,
}: WaitOptions<T>): Promise<T | undefined> {
  signal.throwIfAborted();
  const found = now();
  if (found !== undefined) {
    return found;
  }
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const settle = (end: () => void): void => {
      for (const stop of stops.splice(0)) {
        stop();
      }
      end();
    };
    const look = (): void => {
      try {
        const value = now();
        if (value !== undefined) {
          settle(() => resolve(value));
        }
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const onAbort = (): void => settle(() => reject(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    stops.push(() => signal.removeEventListener('abort', onAbort));
    if (timeoutMs !== undefined) {
      const timer = setTimeout(() => settle(() => resolve(undefined)), clampTimer(timeoutMs));
      stops.push(() => clearTimeout(timer));
    }
    stops.push(subscribe(look));
  });
}

function clampTimer(ms: number | bigint): number {
  return ms > LONGEST_TIMER_MS ? LONGEST_TIMER_MS : Number(ms);
}
