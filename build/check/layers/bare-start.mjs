import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readImports } from './imports.mjs';

/**
 * What npm's scripts start must load on a machine that has nothing installed yet, because it is what installs:
 * until such a program calls `import()`, it may reach modules of Node and files of ours only. It must also load in a
 * Node that is too old, as it is what says so: `import.meta.dirname` is undefined before 20.11.
 *
 * @param {string} root folder of package.json; without one there is nothing to check
 * @returns {string[]} one line for each package that is loaded too early and each path that an old Node has not
 */
export function bareStartViolations(root) {
  const manifest = path.join(root, 'package.json');
  if (!existsSync(manifest)) {
    return [];
  }
  /** @type {Record<string, string>} */
  const scripts = JSON.parse(readFileSync(manifest, 'utf8')).scripts ?? {};
  const programs = Object.values(scripts).flatMap((script) => /^node (\S+\.mjs)/.exec(script)?.[1] ?? []);
  /** @type {Set<string>} */
  const seen = new Set();
  return programs.flatMap((program) => violationsOf(root, program, seen));
}

/**
 * @param {string} root
 * @param {string} file
 * @param {Set<string>} seen
 * @returns {string[]}
 */
function violationsOf(root, file, seen) {
  if (seen.has(file)) {
    return [];
  }
  seen.add(file);
  const { imports, metaPaths } = readImports(file, readFileSync(path.join(root, file), 'utf8'));
  const tooNew = metaPaths.map(
    (line) =>
      `${file}:${line} reads a path of import.meta, which an old Node has not: use root of lib/paths.mjs`,
  );
  const packages = imports
    .filter(({ specifier, late }) => !late && !specifier.startsWith('node:'))
    .flatMap(({ specifier, line }) =>
      specifier.startsWith('.')
        ? violationsOf(root, path.posix.join(path.posix.dirname(file), specifier), seen)
        : [
            `${file}:${line} imports ${specifier} before npm packages are there: use import() where it is needed`,
          ],
    );
  return [...tooNew, ...packages];
}
