/** Runs work one after the other, in the order it was given. */
export type Mutex = <T>(work: () => Promise<T>) => Promise<T>;

/** A failure concerns only the work that failed; the next goes on. */
export function createMutex(): Mutex {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };
}
