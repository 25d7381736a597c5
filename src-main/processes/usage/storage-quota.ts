import type { DiskUse } from '../../os/disk/disk-meter.ts';
import type { StorageUse } from '../../os/files/principal-storage.ts';
import { STORAGE_ALARM_REST, STORAGE_PAUSE_MS, STORAGE_REST } from '../limits.ts';
import { ProcessError } from '../process-error.ts';

/** What one principal may have on the disk, all its workspaces and its home together. */
export type StorageQuota = DiskUse;

/** When the last look ended and what it took; milliseconds. */
export interface LookTime {
  readonly endedAt: number;
  readonly tookMs: number;
}

export function totalUse({ capsules, home }: StorageUse): DiskUse {
  return [...capsules.values()].reduce(plus, home);
}

/** Also when not everything could be measured: nobody may hide files that way. */
export function isOver(use: StorageUse, quota: StorageQuota): boolean {
  const { bytes, entries } = totalUse(use);
  return use.problem !== null || bytes > quota.bytes || entries > quota.entries;
}

/** The capsules that must not go on writing: those that grew in what is over the quota. */
export interface Grown {
  /** Nobody knows whose the growth is. */
  readonly all: boolean;
  /** The home, which all may write that were granted a part of it. */
  readonly home: boolean;
  readonly capsules: ReadonlySet<string>;
}

/**
 * Who has brought a principal over its quota since the look `before`. What does not grow may go on: others could end it otherwise,
 * and nobody could tidy up.
 */
export function whoGrew(use: StorageUse, before: StorageUse | null, quota: StorageQuota): Grown {
  const total = totalUse(use);
  const over = (['bytes', 'entries'] as const).filter((unit) => total[unit] > quota[unit]);
  const grew = (now: DiskUse, then: DiskUse): boolean => over.some((unit) => now[unit] > then[unit]);
  const names = [...use.capsules].filter(([name, now]) => grew(now, before?.capsules.get(name) ?? NOTHING));
  return {
    all: use.problem !== null || before === null || before.problem !== null,
    home: grew(use.home, before?.home ?? NOTHING),
    capsules: new Set(names.map(([name]) => name)),
  };
}

/**
 * What the whole disk holds beside what was counted of a principal, in bytes. What that grows by is somebody else's, or was missed.
 * Null when nobody knows.
 */
export function uncounted(disk: DiskUse | null, use: StorageUse): number | null {
  return disk === null ? null : disk.bytes - totalUse(use).bytes;
}

/**
 * When to look again, on the clock of `last`: after a long rest; after a short one when the whole disk has grown by more since the
 * last look than the principal has left, whoever that was.
 */
export function nextStorageLook(last: LookTime, grown: DiskUse, left: DiskUse): number {
  const isAlarm =
    (grown.bytes > 0 && grown.bytes >= left.bytes) || (grown.entries > 0 && grown.entries >= left.entries);
  return isAlarm
    ? nextAskedLook(last)
    : last.endedAt + Math.max(STORAGE_PAUSE_MS, last.tookMs * STORAGE_REST);
}

/** When somebody who asks gets a look. */
export function nextAskedLook({ endedAt, tookMs }: LookTime): number {
  return endedAt + tookMs * STORAGE_ALARM_REST;
}

/** Why a principal's programs cannot be started. */
export function overQuota(principal: string, use: StorageUse, quota: StorageQuota): ProcessError {
  const { bytes, entries } = totalUse(use);
  const [name, hint] = [JSON.stringify(principal), tidyUp(principal)];
  if (use.problem !== null) {
    return new ProcessError(
      'disk-quota',
      `The disk usage of ${name} cannot be measured. ${use.problem}`,
      hint,
    );
  }
  const usage =
    bytes > quota.bytes
      ? `${inMiB(bytes)} (quota: ${inMiB(quota.bytes)})`
      : `${String(entries)} files and folders (quota: ${String(quota.entries)})`;
  return new ProcessError('disk-quota', `Disk quota exceeded: ${name} uses ${usage}.`, hint);
}

function tidyUp(principal: string): string {
  return `Remove files from workspaces/${principal} or homes/${principal} in the data folder, then start the program again.`;
}

function inMiB(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MiB`;
}

function plus(one: DiskUse, other: DiskUse): DiskUse {
  return { bytes: one.bytes + other.bytes, entries: one.entries + other.entries };
}

const NOTHING: DiskUse = { bytes: 0, entries: 0 };
