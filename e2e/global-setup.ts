import { prepareComponents } from '../build/test/prepared-components.ts';
import { PREPARED_COMPONENTS } from './support/data-folder.ts';

/**
 * Once for all specs: preparing the three capsules of a first start takes longer than most specs. That an installed
 * program prepares them itself is seen where a first start is (`nothingPrepared`).
 * Playwright wants a default export; its workers read the variable.
 */
export default async function prepareOnce(): Promise<void> {
  process.env[PREPARED_COMPONENTS] = (await prepareComponents()).prepared;
}
