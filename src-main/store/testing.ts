import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/**
 * Lets no file of this process grow beyond `bytes`: a write that would is cut off in the middle, as on a disk that is
 * full. For tests in a process of their own.
 *
 * @returns lifts the limit; so does the end of the test
 */
export function limitFileSize(bytes: number): () => void {
  const set = (limit: string): void =>
    void execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${limit}:`]);
  set(String(bytes));
  const lift = (): void => set('unlimited');
  onTestFinished(lift);
  return lift;
}
