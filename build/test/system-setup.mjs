import { bundleOsThreads } from '../bundle/kernel.mjs';
import { createLog } from '../lib/log.mjs';
import { installSystemPackages } from '../prepare/system-packages.mjs';

/** What the tests with real processes need: the sandbox, and the threads of the source under test that start and watch them. */
export async function setup() {
  const log = createLog({ quiet: true });
  await log.step('system packages', () => installSystemPackages());
  await log.step('threads', async () => ({ worked: await bundleOsThreads() }));
}
