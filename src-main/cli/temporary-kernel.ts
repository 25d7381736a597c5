import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kernel } from '../contract/kernel.ts';

/** Starts a kernel on a data folder. */
export type StartKernel = (dataDir: string) => Promise<Kernel>;

/** Programs that are ending with us may write into the folder while it is removed; waits 0.1 s, then 0.2 s, then 0.3 s. */
const REMOVAL = { recursive: true, force: true, maxRetries: 3, retryDelay: 100 } as const;

/**
 * Runs `work` with a kernel on a data folder of its own. Whatever happens, what the kernel runs is ended and
 * the folder is gone when this settles, or when the program ends before that.
 */
export async function withTemporaryKernel<T>(
  start: StartKernel,
  work: (kernel: Kernel) => Promise<T>,
): Promise<T> {
  // At once, so that there is no moment at which the folder is there and nobody would remove it.
  const dataDir = mkdtempSync(join(tmpdir(), 'capsule-'));
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

function removeNow(dataDir: string): void {
  try {
    rmSync(dataDir, REMOVAL);
  } catch (error) {
    // The program's status is not to change at this point.
    process.stderr.write(`The folder ${dataDir} could not be removed: ${String(error)}\n`);
  }
}
