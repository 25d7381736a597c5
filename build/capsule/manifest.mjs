import { isAbsolute, join, normalize, sep } from 'node:path';
import { parse } from 'smol-toml';
import { BuildError, messageOf } from './build-error.mjs';
import { readInside } from './read-inside.mjs';

/**
 * The few facts of a manifest that building and packing need. The application checks the rest when the
 * capsule is installed.
 *
 * @typedef {object} CapsuleSource
 * @property {string} name the capsule's id, `[a-z0-9-]+`
 * @property {string} component the component file, relative to the folder, with forward slashes
 * @property {Record<string, unknown>} manifest the whole table as parsed
 */

/**
 * Reads `<folder>/Capsule.toml`.
 *
 * @param {string} folder
 * @returns {Promise<CapsuleSource>}
 * @throws {BuildError} `manifest-missing`, or `manifest-invalid` with the reason
 */
export async function readCapsuleSource(folder) {
  const file = join(folder, 'Capsule.toml');
  const content = await readInside(folder, 'Capsule.toml').catch((cause) => {
    throw new BuildError(
      'manifest-missing',
      `${file} cannot be read.`,
      'Choose a folder that contains Capsule.toml.',
      { cause },
    );
  });
  const manifest = parseToml(file, content.toString('utf8'));
  const name = table(manifest['package'])['name'];
  if (typeof name !== 'string' || !/^[a-z0-9-]+$/.test(name)) {
    throw invalid(file, '[package] name must be lower-case letters, digits and hyphens.');
  }
  return { name, component: componentFile(file, manifest, name), manifest };
}

/**
 * `value` as a table, or an empty one.
 *
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
export function table(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? /** @type {Record<string, unknown>} */ (value)
    : {};
}

/**
 * @param {string} file
 * @param {string} text
 * @returns {Record<string, unknown>}
 */
function parseToml(file, text) {
  try {
    // A build needs no numbers, so one that JavaScript has no exact number for is nothing to refuse.
    return parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (cause) {
    throw invalid(file, messageOf(cause).trimEnd(), cause);
  }
}

/**
 * The first component's file: only the first one is ever loaded. `entrypoint` is the older name of the key.
 *
 * @param {string} file
 * @param {Record<string, unknown>} manifest
 * @param {string} name
 */
function componentFile(file, manifest, name) {
  const components = manifest['component'];
  const first = table(Array.isArray(components) ? components[0] : undefined);
  const path = first['file'] ?? first['entrypoint'] ?? `build/${name}.wasm`;
  if (typeof path !== 'string' || !path.endsWith('.wasm')) {
    throw invalid(file, '[[component]] file must name a .wasm file.');
  }
  const clean = normalize(path);
  if (isAbsolute(clean) || clean.split(sep)[0] === '..') {
    throw invalid(file, `[[component]] file ${path} is outside the capsule's folder.`);
  }
  return clean.split(sep).join('/');
}

/**
 * @param {string} file
 * @param {string} reason
 * @param {unknown} [cause]
 */
function invalid(file, reason, cause) {
  return new BuildError('manifest-invalid', `${file}: ${reason}`, 'Correct the manifest and build again.', {
    cause,
  });
}
