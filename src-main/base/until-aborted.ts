import { deferred } from './deferred.ts';

/**
 * Waits for `work` until the signal is aborted; the work itself goes on, since others may wait for it too. Leaves no
 * listener behind.
 *
 * @returns what `work` ended with; rejects with the signal's reason when that came first
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = deferred<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) {
    onAbort();
  }
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
