import { createLog } from '../lib/log.mjs';
import { installSystemPackages } from '../prepare/system-packages.mjs';

/** What the tests with real processes need: the sandbox. */
export async function setup() {
  await createLog({ quiet: true }).step('system packages', () => installSystemPackages());
}
