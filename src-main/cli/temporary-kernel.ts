import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TypedError } from '../base/typed-error.ts';
import type { Kernel } from '../contract/kernel.ts';

/** Starts a kernel on a data folder. */
export type StartKernel = (dataDir: string) => Promise<Kernel>;

/** Programs that are ending with us may write into the folder while it is removed; waits 0.1 s, then 0.2 s, then 0.3 s. */
const REMOVAL = { recursive: true, force: true, maxRetries: 3, retryDelay: 100 } as const;

/**
 * Runs `work` with a kernel on a temporary data folder. Whatever happens, everything the kernel runs is stopped and the
 * folder removed when this settles, or when the program ends before that.
 */
export async function withTemporaryKernel<T>(
  start: StartKernel,
  work: (kernel: Kernel) => Promise<T>,
): Promise<T> {
  const dataDir = makeFolder();
  const removeAtExit = (): void => removeNow(dataDir);
  process.once('exit', removeAtExit);
  try {
    const kernel = await start(dataDir);
    try {
      return await work(kernel);
    } finally {
      await kernel.dispose();
    }
  } finally {
    await rm(dataDir, REMOVAL);
    process.off('exit', removeAtExit);
  }
}

/** Immediately, so that the folder never exists without something that removes it. */
function makeFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'capsule-'));
  } catch (cause) {
    throw new TypedError(
      'temporary-folder-unusable',
      `Cannot create a folder in ${tmpdir()}: ${(cause as NodeJS.ErrnoException).message}.`,
      'Set TMPDIR to an existing, writable folder whose name is UTF-8.',
      { cause },
    );
  }
}

function removeNow(dataDir: string): void {
  try {
    rmSync(dataDir, REMOVAL);
  } catch (error) {
    // The exit status must not change at this point.
    process.stderr.write(`Could not remove the folder ${dataDir}: ${String(error)}\n`);
  }
}
