import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';

const DAY = 24 * 60 * 60_000;

/**
 * After how long a folder of the shared cache is thrown away, some 300 MB each, by how its name begins. A build takes
 * minutes, a slow download hours; a finished one may be that of another clone, whose every run marks it as used.
 */
const KEPT = { 'building-': DAY, 'electron-': 30 * DAY };

/** The time of a folder is that of its last use. */
export function markUsed(/** @type {string} */ folder) {
  withoutFail(() => utimesSync(folder, new Date(), new Date()));
}

/**
 * Throws away what nobody has used for long.
 * @param {string} cache
 */
export function sweep(cache) {
  const now = Date.now();
  for (const name of readdirSync(cache)) {
    const kept = Object.entries(KEPT).find(([kind]) => name.startsWith(kind))?.[1] ?? Infinity;
    const folder = path.join(cache, name);
    withoutFail(() => {
      if (now - statSync(folder).mtimeMs > kept) {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
}

/** What is not there, belongs to another user or is swept by another run just now is no reason to stop. */
function withoutFail(/** @type {() => void} */ work) {
  try {
    work();
  } catch {
    // It stays until a later run.
  }
}
