import { prepareComponents } from '../build/test/prepared-components.ts';
import { PREPARED_COMPONENTS } from './support/launch-with-hook.ts';
import { installed } from './support/program.ts';

/**
 * Once for all specs on the build of the tree: preparing the three capsules of a first start takes longer than most specs.
 * Playwright wants a default export; its workers read the variable.
 */
export default async function prepareOnce(): Promise<void> {
  if (installed === null) {
    process.env[PREPARED_COMPONENTS] = (await prepareComponents()).prepared;
  }
}
