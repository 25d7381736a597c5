/**
 * `node build/wit/generate.mjs` writes the host's TypeScript view of `wit/` to
 * `src-main/host/generated/`. Files whose text stays the same are not touched, so watchers stay quiet;
 * files of packages that are gone are removed.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixedFiles } from './fixed-files.mjs';
import { functionTypesFileText } from './function-types.mjs';
import { interfacesFileText } from './interfaces-file.mjs';
import { typesFile } from './names.mjs';
import { readContract } from './resolve.mjs';
import { typesFileText } from './types-file.mjs';

const root = path.join(import.meta.dirname, '..', '..');

/**
 * @param {import('./parse.mjs').Package[]} packages
 * @returns {Map<string, string>} text by file name
 */
export function generatedFiles(packages) {
  return new Map([
    ...Object.entries(fixedFiles),
    ...packages.map((pkg) => /** @type {const} */ ([typesFile(pkg), typesFileText(packages, pkg)])),
    ['interfaces.ts', interfacesFileText(packages)],
    ['function-types.ts', functionTypesFileText(packages)],
  ]);
}

/**
 * @param {string} contract folder with the `.wit` files
 * @param {string} target folder to write to; belongs to the generator alone
 * @returns {string[]} names of the files that were written or removed
 */
export function generate(contract, target) {
  const files = generatedFiles(readContract(contract));
  mkdirSync(target, { recursive: true });
  const present = readdirSync(target);
  const stale = present.filter((name) => !files.has(name));
  for (const name of stale) {
    rmSync(path.join(target, name), { recursive: true });
  }
  const changed = [...files].filter(([name, text]) => {
    const file = path.join(target, name);
    return !present.includes(name) || readFileSync(file, 'utf8') !== text;
  });
  for (const [name, text] of changed) {
    writeFileSync(path.join(target, name), text);
  }
  return [...stale, ...changed.map(([name]) => name)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const changed = generate(path.join(root, 'wit'), path.join(root, 'src-main', 'host', 'generated'));
  if (changed.length > 0) {
    console.log(`wit: ${changed.length} generated files changed`);
  }
}
