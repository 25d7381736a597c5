import {
  MAX_CONCURRENT,
  MAX_ENTRIES,
  MAX_EXITED_TRANSIENT,
  MAX_LARGE_RING_BYTES,
  MAX_OUTPUT_BYTES,
  MAX_RETAINED_PER_PRINCIPAL,
} from '../limits.ts';

/** Limits of one registry; tests lower them. */
export interface RegistryLimits {
  readonly concurrent: number;
  readonly retainedPerPrincipal: number;
  readonly entries: number;
  readonly exitedTransient: number;
  readonly largeRingBytes: number;
  readonly outputBytes: number;
}

export const REFERENCE_LIMITS: RegistryLimits = {
  concurrent: MAX_CONCURRENT,
  retainedPerPrincipal: MAX_RETAINED_PER_PRINCIPAL,
  entries: MAX_ENTRIES,
  exitedTransient: MAX_EXITED_TRANSIENT,
  largeRingBytes: MAX_LARGE_RING_BYTES,
  outputBytes: MAX_OUTPUT_BYTES,
};
