import fc from 'fast-check';
import { afterAll, inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Which mutant is on trial, by Stryker's number; undefined in the run without one. */
    activeMutant: string | undefined;
  }
}

declare global {
  /** Where Stryker's instrumentation keeps what it knows of this thread. */
  var __stryker__: { mutantCoverage?: unknown };
}

/** The same examples for every mutant and every run: a score must not depend on luck. */
const SEED = 1;

fc.configureGlobal({ seed: SEED });

// Stryker tells this thread; threads that a test starts ask the environment, which they inherit.
const mutant = inject('activeMutant');
if (mutant !== undefined) {
  process.env['__STRYKER_ACTIVE_MUTANT__'] = mutant;
}

// Where nothing is known of coverage, Stryker runs every test on every mutant; its option for that, the runner ignores.
if (process.env['MUTANTS_IN_THREADS'] === 'true') {
  afterAll(() => {
    delete globalThis.__stryker__.mutantCoverage;
  });
}
