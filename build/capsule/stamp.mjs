import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Beside the outputs: the hash of everything that they were made from. */
const STAMP_FILE = join('build', '.stamp');

/** Tests and notes make no difference to what is built. */
const NOT_INPUT = /\.test\.(ts|mjs)$|^NOTES\.md$/;

const PACKAGES = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/**
 * One hash over the content of `folders` (without their `build` folders) and over the exact
 * versions of `tools`. Costs a read of each file, a few milliseconds for a capsule.
 *
 * @param {readonly string[]} folders
 * @param {readonly string[]} tools npm package names
 * @returns {Promise<string>}
 */
export async function inputHash(folders, tools) {
  const hash = createHash('sha256');
  for (const tool of tools) {
    const { version } = JSON.parse(await readFile(join(PACKAGES, tool, 'package.json'), 'utf8'));
    hash.update(`${tool}@${version}\n`);
  }
  for (const folder of folders) {
    for (const file of await inputFiles(folder)) {
      hash
        .update(`${relative(folder, file)}\n`)
        .update(await readFile(file))
        .update('\n');
    }
  }
  return hash.digest('hex');
}

/**
 * Whether the outputs in `folder` were made from inputs of this hash, and are all still there.
 *
 * @param {string} folder
 * @param {string} hash
 */
export async function isFresh(folder, hash) {
  const text = await readFile(join(folder, STAMP_FILE), 'utf8').catch(() => '');
  const [stamped, ...outputs] = text.trimEnd().split('\n');
  if (stamped !== hash || outputs.length === 0) return false;
  const there = new Set(await readdir(join(folder, 'build')));
  return outputs.every((output) => there.has(output));
}

/**
 * @param {string} folder
 * @param {string} hash
 * @param {readonly string[]} outputs file names in `<folder>/build`
 */
export async function writeStamp(folder, hash, outputs) {
  await writeFile(join(folder, STAMP_FILE), `${[hash, ...outputs].join('\n')}\n`);
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function inputFiles(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'build' ? [] : await inputFiles(path);
      return entry.isFile() && !NOT_INPUT.test(entry.name) ? [path] : [];
    }),
  );
  return files.flat().sort((a, b) => (a.split(sep).join('/') < b.split(sep).join('/') ? -1 : 1));
}
