import { bundleKernel } from './bundle-kernel.mjs';

/** Unit tests of the runtime start real workers: those must be of the source under test. */
export async function setup() {
  await bundleKernel();
}
