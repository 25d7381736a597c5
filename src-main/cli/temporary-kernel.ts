import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kernel } from '../contract/kernel.ts';

/** Starts a kernel on a data folder. */
export type StartKernel = (dataDir: string) => Promise<Kernel>;

/**
 * Runs `work` with a kernel on a data folder of its own. Whatever happens, what the kernel runs is ended and
 * the folder is gone when this settles.
 */
export async function withTemporaryKernel<T>(
  start: StartKernel,
  work: (kernel: Kernel) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'capsule-'));
  try {
    const kernel = await start(dataDir);
    try {
      return await work(kernel);
    } finally {
      await kernel.dispose();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
