import { untilAborted } from '../../base/until-aborted.ts';
import { failureOf } from './call-result.ts';
import { RuntimeError } from '../errors.ts';

/** What ends the waiting of a call. */
export interface CallTime {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The deadline of a call in whole milliseconds.
 *
 * @param asked can only shorten it; absent for the longest there is
 * @throws RuntimeError `invalid-input` for what is no time
 */
export function callTimeout(asked: number | undefined, longestMs: number): number {
  if (asked !== undefined && !(asked > 0)) {
    throw new RuntimeError(
      'invalid-input',
      `Invalid timeout: ${asked} ms.`,
      'Set `timeoutMs` to more than 0, or omit it.',
    );
  }
  return Math.ceil(Math.min(asked ?? longestMs, longestMs));
}

/**
 * Waits for `work` until the call is overdue or cancelled. The work itself goes on: others may wait for it too.
 *
 * @throws RuntimeError `guest-timed-out` or `invocation-cancelled`
 */
export async function waitWithin<T>(
  work: Promise<T>,
  { timeoutMs, signal }: CallTime,
  capsule: string,
): Promise<T> {
  const cut = new AbortController();
  const cancel = (): void =>
    cut.abort(failureOf({ kind: 'cancelled', message: 'The invocation was cancelled.' }, capsule));
  const timer = setTimeout(() => {
    const message = 'The capsule was not ready before the deadline of the call.';
    cut.abort(failureOf({ kind: 'timed-out', message }, capsule));
  }, timeoutMs);
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) {
    cancel();
  }
  try {
    return await untilAborted(work, cut.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}
