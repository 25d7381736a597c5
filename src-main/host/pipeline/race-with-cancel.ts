/** Settles with the run, or rejects as soon as the call is cancelled; the run sees the same signal and ends by itself. */
export async function raceWithCancel<T>(signal: AbortSignal, running: Promise<T>): Promise<T> {
  let onAbort!: () => void;
  const cancelled = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort);
  });
  try {
    // The race has heard the loser too: its later failure is no unhandled rejection.
    return await Promise.race([running, cancelled]);
  } finally {
    // The signal is the invocation's, and outlives the call.
    signal.removeEventListener('abort', onAbort);
  }
}
