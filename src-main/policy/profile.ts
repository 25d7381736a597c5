import { TypedError } from '../base/typed-error.ts';

/** What one principal may use at most. Names and defaults are those of the reference's profile (`[quotas]`), where it says nothing else. */
export interface Quotas {
  /** Linear memory of one instance, bytes. */
  readonly maxMemoryBytes: number;
  /** Longest invocation, seconds; 1 to 86,400. */
  readonly maxTimeoutSecs: number;
  /** Bytes a capsule may publish per second. */
  readonly maxIpcThroughputBytes: number;
  /** Live background processes of one principal and capsule, both tiers together; 0 to 256. */
  readonly maxBackgroundProcesses: number;
  /** Bytes of files in its workspaces and its home, as the disk allocates them. */
  readonly maxStorageBytes: number;
  /** Files and folders there. Ours: the reference bounds bytes only, of which an empty file takes none. */
  readonly maxStorageEntries: number;
  /** Instructions per second; kept for compatibility of profiles, a JavaScript host cannot count them. */
  readonly maxCpuFuelPerSec: number;
  /** Invocations of one principal and capsule at a time; further ones wait in order. 1 to 64. */
  readonly maxInFlightCalls: number;
}

export const defaultQuotas: Quotas = {
  maxMemoryBytes: 64 * 1024 * 1024,
  maxTimeoutSecs: 300,
  maxIpcThroughputBytes: 10 * 1024 * 1024,
  maxBackgroundProcesses: 8,
  // The reference says 2^63 - 1, which means "no limit", on a server of its own. Here it is a person's disk: 10 GiB hold a few
  // large builds with their caches, and leave most of any disk.
  maxStorageBytes: 10 * 1024 * 1024 * 1024,
  // Ten large trees of packages; they are counted in 6 s, and file systems have one inode for every 16 KiB (10 GiB: 655,360).
  maxStorageEntries: 1_000_000,
  maxCpuFuelPerSec: 2_000_000_000,
  maxInFlightCalls: 4,
};

export type StorageQuotas = Pick<Quotas, 'maxStorageBytes' | 'maxStorageEntries'>;

/** Some quotas in place of the defaults. Throws `TypedError` `invalid-input` for what is no number of bytes or files. */
export function storageQuotas(asked: Partial<StorageQuotas>): StorageQuotas {
  const { maxStorageBytes, maxStorageEntries } = defaultQuotas;
  const quotas = { maxStorageBytes, maxStorageEntries, ...asked };
  for (const [name, value] of Object.entries(quotas)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new TypedError(
        'invalid-input',
        `Invalid ${name}: ${String(value)}.`,
        'Use a whole number greater than 0.',
      );
    }
  }
  return quotas;
}

/** What is known of one principal. Only `default` has one without being created. */
export interface Profile {
  readonly principal: string;
  readonly enabled: boolean;
  readonly quotas: Quotas;
}

export function defaultProfile(principal: string): Profile {
  return { principal, enabled: true, quotas: defaultQuotas };
}
