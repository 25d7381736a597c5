import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, stampFolder } from './paths.mjs';

/**
 * One hash over the contents of files and folders (paths relative to the clone; a missing one counts as empty).
 * Contents rather than times: a fresh checkout or a touched file does not build anything again.
 *
 * @param {string[]} entries
 * @param {(file: string) => boolean} [keep] which files of the folders count
 */
export function hashOf(entries, keep = () => true) {
  const hash = createHash('sha256');
  for (const entry of entries) {
    for (const file of filesBelow(path.join(root, entry))) {
      const name = path.relative(root, file);
      if (keep(name)) {
        hash.update(name).update('\0').update(readFileSync(file)).update('\0');
      }
    }
  }
  return hash.digest('hex');
}

/** Source that ends up in a program: tests and their helpers do not. */
export function isProgramSource(/** @type {string} */ file) {
  return !/\.test\.[a-z]+$|\/testing(\.tsx?$|\/)|\.md$/.test(file);
}

/**
 * Whether the step of that name has already been done with these inputs and all its outputs are still there.
 * @param {string} name
 * @param {string} hash
 * @param {string[]} [outputs] paths relative to the clone
 */
export function isDone(name, hash, outputs = []) {
  const file = path.join(stampFolder, `${name}.stamp`);
  return (
    existsSync(file) &&
    readFileSync(file, 'utf8') === hash &&
    outputs.every((output) => existsSync(path.join(root, output)))
  );
}

/**
 * @param {string} name
 * @param {string} hash
 */
export function markDone(name, hash) {
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(path.join(stampFolder, `${name}.stamp`), hash);
}

/**
 * For whoever writes the outputs of these steps in another way.
 * @param {string[]} names
 */
export function forget(names) {
  for (const name of names) {
    rmSync(path.join(stampFolder, `${name}.stamp`), { force: true });
  }
}

/** @returns {string[]} every file at or below a path, in a stable order */
function filesBelow(/** @type {string} */ entry) {
  const stat = statSync(entry, { throwIfNoEntry: false });
  if (!stat) {
    return [];
  }
  if (!stat.isDirectory()) {
    return [entry];
  }
  return readdirSync(entry)
    .filter((name) => name !== 'node_modules')
    .sort()
    .flatMap((name) => filesBelow(path.join(entry, name)));
}
