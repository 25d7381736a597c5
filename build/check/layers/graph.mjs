import { readdirSync, readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { readImports } from './imports.mjs';

/**
 * @typedef {object} SourceFile
 * @property {string} file path from the root, with forward slashes
 * @property {boolean} test a test or a helper of tests: what it imports reaches no program
 * @property {(import('./imports.mjs').Import & {target?: string})[]} imports `target`: the file that a relative
 *   specifier names, from the root
 * @property {number[]} windowApi
 */

/**
 * Reads the sources of both sides.
 * @param {string} root
 * @returns {Map<string, SourceFile>} by path
 */
export function readSources(root) {
  const files = [
    ...sourcesBelow(root, 'src-main', /\.ts$/),
    ...sourcesBelow(root, 'src-renderer', /\.tsx?$/),
  ];
  return new Map(
    files.map((file) => {
      const { imports, windowApi } = readImports(file, readFileSync(path.join(root, file), 'utf8'));
      const withTargets = imports.map((one) => withTarget(file, one));
      return [file, { file, test: isTest(file), imports: withTargets, windowApi }];
    }),
  );
}

/** Files that only tests may import are named `testing.ts`, or stand in a folder `testing`. */
function isTest(/** @type {string} */ file) {
  return /\.test\.tsx?$/.test(file) || isTestHelper(file);
}

export function isTestHelper(/** @type {string} */ file) {
  return /(^|\/)testing(\.tsx?$|\/)/.test(file);
}

/**
 * @param {string} file
 * @param {import('./imports.mjs').Import} one
 */
function withTarget(file, one) {
  return one.specifier.startsWith('.')
    ? { ...one, target: path.posix.join(path.posix.dirname(file), one.specifier.replace(/[?#].*$/, '')) }
    : one;
}

/** @returns {string[]} paths from the root, with forward slashes, in a stable order */
export function sourcesBelow(
  /** @type {string} */ root,
  /** @type {string} */ folder,
  /** @type {RegExp} */ ending,
) {
  if (!existsSync(path.join(root, folder))) {
    return [];
  }
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
    .filter((file) => ending.test(file))
    .sort();
}
