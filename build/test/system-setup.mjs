import { bundleLauncher } from '../bundle/kernel.mjs';
import { createLog } from '../lib/log.mjs';
import { installSystemPackages } from '../prepare/system-packages.mjs';

/** What the tests with real processes need: the sandbox, and the thread of the source under test that starts them. */
export async function setup() {
  const log = createLog({ quiet: true });
  await log.step('system packages', () => installSystemPackages());
  await log.step('launcher', async () => ({ worked: await bundleLauncher() }));
}
