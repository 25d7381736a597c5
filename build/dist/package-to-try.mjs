import { createLog } from '../lib/log.mjs';
import { packageApp } from './package.mjs';

/** What the tests install or start, of what is built; `npm run dist` makes the rest. */
export async function packageToTry() {
  await createLog().step('package', async () => {
    const isWanted = (/** @type {string} */ target, /** @type {string} */ arch) =>
      target === 'dir' || (target === 'deb' && arch === process.arch);
    const { files } = await packageApp({ isWanted, toTry: true });
    return { worked: true, note: files.join(', ') };
  });
}
