import type { Clock } from '../base/clock.ts';

/** Rates that a capsule may use host functions at, per principal. */
export type QuotaName = 'log-lines' | 'spawns';

/** Uses per second. */
export const QUOTA_PER_SECOND: Readonly<Record<QuotaName, number>> = {
  // A person cannot read more, and a guest that logs in a loop must not fill the disk.
  'log-lines': 500,
  // A spawn costs about 5 ms in the sandbox: more than this is a loop gone wrong.
  spawns: 50,
};

/** `refused-again`: not the first refusal of this second, so that a loop gone wrong is recorded once and not for ever. */
export type QuotaAnswer = 'taken' | 'refused' | 'refused-again';

export interface QuotaBook {
  /** Takes one use; refused when this second's are used up. */
  readonly take: (owner: string, quota: QuotaName) => QuotaAnswer;
}

/** Counts uses in windows of one second, which start at the first use. */
export function createQuotaBook(clock: Clock): QuotaBook {
  const windows = new Map<string, { since: number; used: number }>();

  return {
    take(owner, quota) {
      const key = `${quota} ${owner}`;
      const now = clock.now();
      const window = windows.get(key);
      if (window === undefined || now - window.since >= 1_000 || now < window.since) {
        windows.set(key, { since: now, used: 1 });
        return 'taken';
      }
      window.used += 1;
      const over = window.used - QUOTA_PER_SECOND[quota];
      return over <= 0 ? 'taken' : over === 1 ? 'refused' : 'refused-again';
    },
  };
}
