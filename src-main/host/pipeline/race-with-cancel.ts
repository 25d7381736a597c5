/** Settles with the run, or rejects as soon as the call is cancelled; the run sees the same signal and ends by itself. */
export async function raceWithCancel<T>(signal: AbortSignal, running: Promise<T>): Promise<T> {
  let onAbort!: () => void;
  const cancelled = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([running, cancelled]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // The loser's later failure has been overtaken; it must not become an unhandled rejection.
    running.catch(() => undefined);
  }
}
