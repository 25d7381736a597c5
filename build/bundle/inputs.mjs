import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../lib/paths.mjs';

/** Below: one file for each bundle with what went into it. The notices of the installers are made from them. */
export const BUNDLED_FOLDER = 'out/bundled';

/**
 * Writes down which files a bundle is made of.
 * @param {string} name of the bundle
 * @param {Iterable<string>} files paths, from the root or absolute
 */
export function writeBundledInputs(name, files) {
  const inputs = new Set([...files].map((file) => path.relative(root, path.resolve(root, file))));
  const target = path.join(root, BUNDLED_FOLDER, `${name}.json`);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `${JSON.stringify({ inputs: [...inputs].sort() }, null, 1)}\n`);
}

/**
 * The same for a bundle that vite makes.
 * @param {string} name
 * @returns {import('vite').Plugin}
 */
export function recordInputs(name) {
  return {
    name: 'record-inputs',
    apply: 'build',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((chunk) =>
        chunk.type === 'chunk' ? chunk.moduleIds : [],
      );
      // The others are helpers of the bundler itself, and queries like `?commonjs` on files that are listed.
      writeBundledInputs(
        name,
        modules.filter((id) => path.isAbsolute(id)).map((id) => id.replace(/\?.*$/, '')),
      );
    },
  };
}
