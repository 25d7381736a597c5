/** What one principal may use at most. Names and defaults are those of the reference's profile (`[quotas]`). */
export interface Quotas {
  /** Linear memory of one instance, bytes. */
  readonly maxMemoryBytes: number;
  /** Longest invocation, seconds; 1 to 86,400. */
  readonly maxTimeoutSecs: number;
  /** Bytes a capsule may publish per second. */
  readonly maxIpcThroughputBytes: number;
  /** Live background processes of one principal and capsule, both tiers together; 0 to 256. */
  readonly maxBackgroundProcesses: number;
  /** Bytes of stored keys, values and files. */
  readonly maxStorageBytes: number;
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
  // The reference says 2^63 - 1, which means "no limit"; this is the largest exact number here (8 PiB).
  maxStorageBytes: Number.MAX_SAFE_INTEGER,
  maxCpuFuelPerSec: 2_000_000_000,
  maxInFlightCalls: 4,
};

/** What is known of one principal. Only `default` has one without being created. */
export interface Profile {
  readonly principal: string;
  readonly enabled: boolean;
  readonly quotas: Quotas;
}

export function defaultProfile(principal: string): Profile {
  return { principal, enabled: true, quotas: defaultQuotas };
}
