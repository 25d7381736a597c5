import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { installBundled, type BundleKernel } from '../runtime/capsule/install-bundled.ts';
import { pruneCapsuleLogs } from '../store/capsule-log.ts';

export interface ChoresOptions {
  readonly dataDir: string;
  /** `.capsule` files that ship with the application. */
  readonly bundled: readonly string[];
  readonly clock: Clock;
  readonly report: (message: string, error: unknown) => void;
}

/** What a start has to do that nobody waits for; a failure is reported and stops no start. */
export async function doChores(
  kernel: BundleKernel,
  { dataDir, bundled, clock, report }: ChoresOptions,
): Promise<void> {
  try {
    await pruneCapsuleLogs(join(dataDir, 'logs'), clock.now());
    await installBundled(kernel, bundled, join(dataDir, 'bundled.json'), report);
  } catch (error) {
    report('a start-up task failed', error);
  }
}
