import { MAX_CONCURRENT, MAX_ENTRIES, MAX_EXITED_TRANSIENT, MAX_RETAINED_PER_PRINCIPAL } from '../limits.ts';

/** Ceilings of one registry; tests lower them. */
export interface RegistryLimits {
  readonly concurrent: number;
  readonly retainedPerPrincipal: number;
  readonly entries: number;
  readonly exitedTransient: number;
}

export const REFERENCE_LIMITS: RegistryLimits = {
  concurrent: MAX_CONCURRENT,
  retainedPerPrincipal: MAX_RETAINED_PER_PRINCIPAL,
  entries: MAX_ENTRIES,
  exitedTransient: MAX_EXITED_TRANSIENT,
};
