import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone: every command of this folder works on it, wherever it was started from. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** What preparation remembers about this clone. It lies in node_modules, so that `npm ci` forgets it. */
export const stampFolder = path.join(root, 'node_modules', '.cache', 'capsule-desktop');

/** What is too large to fetch again for every clone. */
export const sharedCache = path.join(
  process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'),
  'capsule-desktop',
);

/**
 * The program of an installed package, started with our own Node: no shell, no PATH.
 * @param {string} file path below node_modules
 */
export function packageFile(file) {
  return path.join(root, 'node_modules', ...file.split('/'));
}
