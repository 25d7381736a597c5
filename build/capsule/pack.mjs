import { readdir, stat } from 'node:fs/promises';
import { join, posix, resolve, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack as tarPack } from 'tar-stream';
import { BuildError } from './build-error.mjs';
import { readCapsuleSource, table } from './manifest.mjs';
import { readInside } from './read-inside.mjs';

/** Folders whose whole content belongs to a capsule. `wit/` comes last, by the format's order. */
const OPAQUE_FOLDERS = ['assets', 'skills'];

/** Where the gzip header names the operating system; 255 is "unknown" (RFC 1952, section 2.3.1). */
const GZIP_OS_OFFSET = 9;
const GZIP_OS_UNKNOWN = 255;

/**
 * Packs the built capsule in `folder` as a `.capsule` archive: a gzipped tar that holds `Capsule.toml`, the
 * component, then what else the manifest names, sorted, then `wit/`. Sources stay out. The same files give
 * the same bytes: times and owners are zero, modes are 0644.
 *
 * @param {string} folder
 * @returns {Promise<{ name: string, archive: Buffer, files: string[] }>}
 * @throws {BuildError} `component-missing` before it was built, `file-missing` for a named file that is not there,
 *   `file-outside` for one that is a link out of the folder or no regular file
 */
export async function packCapsule(folder) {
  const root = resolve(folder);
  const source = await readCapsuleSource(root);
  if (!(await isFile(root, source.component))) {
    throw new BuildError(
      'component-missing',
      `${join(root, source.component)} does not exist.`,
      'Build the capsule first.',
    );
  }
  const extras = await extraFiles(root, source.manifest);
  const wit = await filesBelow(root, 'wit');
  const files = [...new Set(['Capsule.toml', source.component, ...extras, ...wit])];
  const tar = tarPack();
  const whole = buffer(tar);
  for (const name of files) {
    tar.entry(
      { name, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0, uname: '', gname: '' },
      await readInside(root, name),
    );
  }
  tar.finalize();
  const archive = await promisify(gzip)(await whole, { level: 9 });
  archive[GZIP_OS_OFFSET] = GZIP_OS_UNKNOWN;
  return { name: source.name, archive, files };
}

/**
 * The readme, the licence, the files that the manifest names, and the opaque folders.
 *
 * @param {string} root
 * @param {Record<string, unknown>} manifest
 */
async function extraFiles(root, manifest) {
  const about = table(manifest['package']);
  const include = Array.isArray(about['include']) ? about['include'] : [];
  const named = [
    about['readme'],
    about['license-file'],
    ...include,
    ...rows(manifest['context_file']).map((row) => row['file']),
    ...rows(manifest['command']).map((row) => row['file']),
  ].filter((path) => typeof path === 'string');
  /** @type {string[]} */
  const files = [];
  for (const path of named) {
    const found = await filesBelow(root, inside(root, path));
    if (found.length === 0) {
      throw new BuildError(
        'file-missing',
        `The file ${path} named by the manifest does not exist.`,
        'Add the file, or remove it from the manifest.',
      );
    }
    files.push(...found);
  }
  for (const path of ['README.md', 'LICENSE', ...OPAQUE_FOLDERS]) {
    files.push(...(await filesBelow(root, path)));
  }
  return files.sort();
}

/** @param {unknown} value */
function rows(value) {
  return Array.isArray(value) ? value.map(table) : [];
}

/**
 * @param {string} root
 * @param {string} path
 */
function inside(root, path) {
  const full = resolve(root, path);
  if (full.startsWith(root + sep)) {
    return full
      .slice(root.length + 1)
      .split(sep)
      .join('/');
  }
  throw new BuildError('file-missing', `${path} is outside the capsule's folder.`, 'Move the file inside.');
}

/**
 * Regular files at or below `path`, relative to `root`. Links are left out: an archive may not hold them.
 *
 * @param {string} root
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function filesBelow(root, path) {
  if (await isFile(root, path)) return [path];
  const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
    .map((name) => name.split(sep).join(posix.sep))
    .sort();
}

/**
 * @param {string} root
 * @param {string} path
 */
async function isFile(root, path) {
  return await stat(join(root, path)).then(
    (found) => found.isFile(),
    () => false,
  );
}
