import { access, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inputHash, isFresh, writeStamp } from './stamp.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const EXAMPLES = join(ROOT, 'capsules');
const GUESTS = join(ROOT, 'e2e', 'guests');
// `probe-1-1` is made of `probe`'s sources.
const SHARED_INPUTS = [HERE, join(ROOT, 'wit'), join(EXAMPLES, 'sdk'), join(GUESTS, 'probe')];
const TOOLS = ['componentize-qjs', 'esbuild'];

/** Building is one core's work for half a second; more at once only crowds a small machine. */
const AT_ONCE = 2;

/**
 * Builds every example capsule and every test guest whose inputs changed since its last build, and packs the
 * examples. Says one line per folder built, nothing about what was fresh.
 *
 * @param {{ say?: (line: string) => void }} [options]
 * @returns {Promise<number>} how many were built
 */
export async function buildAll({ say = console.log } = {}) {
  const folders = [...(await capsuleFolders(EXAMPLES)), ...(await capsuleFolders(GUESTS))];
  const shared = await inputHash(SHARED_INPUTS, TOOLS);
  const checked = await Promise.all(
    folders.map(async (folder) => {
      const hash = `${shared}-${await inputHash([folder], [])}`;
      return { folder, hash, fresh: await isFresh(folder, hash) };
    }),
  );
  const stale = checked.filter(({ fresh }) => !fresh);
  const queue = stale.values();
  const work = async () => {
    for (const { folder, hash } of queue) say(await buildOne(folder, hash));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return stale.length;
}

/**
 * @param {string} folder
 * @param {string} hash
 */
async function buildOne(folder, hash) {
  const started = performance.now();
  // The tool chain loads only when there is something to build, so that a fresh check stays quick.
  const { buildCapsule } = await import('./build.mjs');
  const built = await buildCapsule(folder);
  const outputs = [basename(built.file)];
  if (dirname(folder) === EXAMPLES) {
    const { packCapsule } = await import('./pack.mjs');
    const { archive } = await packCapsule(folder);
    const file = join(folder, 'build', `${built.name}.capsule`);
    await writeFile(file, archive);
    outputs.push(basename(file));
  }
  await writeStamp(folder, hash, outputs);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  return `built ${relative(ROOT, folder)}: ${outputs.join(', ')}, ${Math.round(built.bytes / 1024)} KiB, ${seconds} s`;
}

/**
 * The folders in `parent` that hold a capsule in TypeScript.
 *
 * @param {string} parent
 */
async function capsuleFolders(parent) {
  const entries = await readdir(parent, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name));
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, 'capsule.ts')).then(
        () => folder,
        () => [],
      ),
    ),
  );
  return found.flat().sort();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildAll().catch((error) => {
    console.error(`${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`);
    process.exitCode = 1;
  });
}
