import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { WIT_FOLDER } from './build.mjs';
import { bundleCapsule } from './bundle.mjs';
import { inputHash, isFresh, writeStamp } from './stamp.mjs';
import { hostInterfaces, WORLD_NAME, writeWorld } from './world.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const GUEST = join(ROOT, 'e2e', 'guests', 'starling');
const INPUTS = [HERE, WIT_FOLDER, join(ROOT, 'capsules', 'sdk'), join(GUEST, '..', 'stubs'), GUEST];
const OUTPUT = 'starling.wasm';

/** Everything the engine would take from WASI: without it a component imports only what its world names. */
const NO_WASI = /** @type {const} */ (['stdio', 'random', 'clocks', 'http', 'fetch-event']);

/**
 * Builds the test guest of the other tool chain (ComponentizeJS, which embeds SpiderMonkey), unless its inputs
 * are unchanged. Takes many seconds and makes a large file, which is why capsules are not built this way.
 *
 * @param {{ say?: (line: string) => void }} [options]
 * @returns {Promise<boolean>} whether it was built
 */
export async function buildStarling({ say = console.log } = {}) {
  const hash = await inputHash(INPUTS, ['esbuild', '@bytecodealliance/componentize-js']);
  if (await isFresh(GUEST, hash)) return false;
  const started = performance.now();
  const bundle = await bundleCapsule(GUEST, await hostInterfaces(WIT_FOLDER), 'guest.ts');
  const wit = await writeWorld(WIT_FOLDER, bundle);
  const work = await mkdtemp(join(tmpdir(), 'starling-'));
  try {
    const sourcePath = join(work, 'guest.js');
    await writeFile(sourcePath, bundle.code);
    const { componentize } = await import('@bytecodealliance/componentize-js');
    const { component } = await componentize({
      sourcePath,
      witPath: wit.path,
      worldName: WORLD_NAME,
      disableFeatures: [...NO_WASI],
    });
    await mkdir(join(GUEST, 'build'), { recursive: true });
    await writeFile(join(GUEST, 'build', OUTPUT), component);
    await writeStamp(GUEST, hash, [OUTPUT]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(`built e2e/guests/starling: ${OUTPUT}, ${Math.round(component.length / 1024)} KiB, ${seconds} s`);
    return true;
  } finally {
    await rm(work, { recursive: true, force: true });
    await wit.dispose();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildStarling();
