import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Dispose } from '../base/disposable.ts';
import { installBundled, type BundleKernel } from '../runtime/capsule/install-bundled.ts';
import type { AuditLog } from '../store/audit-log.ts';
import { everyDay } from '../store/every-day.ts';
import { pruneCapsuleLogs } from '../store/prune-capsule-logs.ts';

export interface ChoresOptions {
  readonly dataDir: string;
  /** `.capsule` files that ship with the application; null for none to be looked at, as in safe mode. */
  readonly bundled: readonly string[] | null;
  readonly audit: Pick<AuditLog, 'prune'>;
  readonly clock: Clock;
  readonly report: (message: string, error: unknown) => void;
}

/**
 * What a start has to do that nobody waits for, and what of it comes again every day. A chore that fails is reported; it
 * stops neither the start nor another chore.
 *
 * @returns their end: no chore begins afterwards, and it resolves when none is under way
 */
export function startChores(
  kernel: BundleKernel,
  { dataDir, bundled, audit, clock, report }: ChoresOptions,
): Dispose {
  const chore = (what: string, work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => report(`${what} failed`, error));
  const prune = async (): Promise<void> => {
    await chore('removing old logs', () => pruneCapsuleLogs(join(dataDir, 'logs'), clock.now(), report));
    await chore('removing old audit records', audit.prune);
  };

  let pruning = prune();
  const stop = everyDay(clock, () => {
    pruning = pruning.then(prune);
  });
  const installing = chore('installing the bundled capsules', async () => {
    if (bundled !== null) {
      await installBundled(kernel, bundled, join(dataDir, 'bundled.json'), report);
    }
  });
  return async () => {
    await stop();
    await Promise.all([pruning, installing]);
  };
}
