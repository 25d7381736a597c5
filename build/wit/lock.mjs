/**
 * `node build/wit/lock.mjs` compares the shapes in `wit/` with `wit/abi.lock.json` and exits with 1 when
 * one drifted; `--write` records the present shapes instead. Write only when the public contract itself
 * published a new package version: shapes of published versions never change.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readContract } from './resolve.mjs';
import { shapeDigest } from './shape.mjs';

const folder = path.join(import.meta.dirname, '..', '..', 'wit');
const lockFile = path.join(folder, 'abi.lock.json');

/** @returns {Record<string, string>} digest by package id, sorted by id */
export function presentShapes() {
  return Object.fromEntries(readContract(folder).map((pkg) => [pkg.id, shapeDigest(pkg)]));
}

/** @returns {Record<string, string>} digest by package id, as recorded; empty without a lock */
export function lockedShapes() {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')) : {};
}

/**
 * What differs between the contract as locked and as written, one line per package.
 *
 * @param {Record<string, string>} locked
 * @param {Record<string, string>} present
 * @returns {string[]}
 */
export function drift(locked, present) {
  const ids = [...new Set([...Object.keys(locked), ...Object.keys(present)])].toSorted();
  return ids.flatMap((id) => {
    if (locked[id] === present[id]) {
      return [];
    }
    if (!present[id]) {
      return [`${id} is locked but missing from wit/`];
    }
    if (!locked[id]) {
      return [`${id} is new in wit/ and not locked`];
    }
    return [
      `${id} changed shape. Shapes are fixed by the public contract and guests are compiled against them: ` +
        'restore the declaration (order inside records, variants, enums and parameters counts). ' +
        'Only a new version of the contract, in a file of its own, may add a line to wit/abi.lock.json.',
    ];
  });
}

function main() {
  const present = presentShapes();
  if (process.argv.includes('--write')) {
    writeFileSync(lockFile, `${JSON.stringify(present, null, 2)}\n`);
    return;
  }
  const lines = drift(lockedShapes(), present);
  for (const line of lines) {
    console.error(line);
  }
  process.exitCode = lines.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main();
}
