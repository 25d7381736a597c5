import type { ElectronApplication } from '@playwright/test';
import type * as Electron from 'electron';

/** A collection of V8's may hit the inspector's own promise; the call has then run, or can run again. */
const COLLECTED = /promise was garbage collected/i;
const ATTEMPTS = 5;

/**
 * `app.evaluate` for work that may be done twice. Electron 33's inspector sometimes loses the promise it
 * waits for ("Resulting promise was garbage collected"), which says nothing about the application.
 */
export async function inMain<Argument>(
  app: ElectronApplication,
  work: (electron: typeof Electron, argument: Argument) => void,
  argument: Argument,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // The types that Playwright wants of the function name its own handles, which no argument here has.
      await app.evaluate(work as Parameters<typeof app.evaluate>[0], argument);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !COLLECTED.test(String(error))) {
        throw error;
      }
    }
  }
}
