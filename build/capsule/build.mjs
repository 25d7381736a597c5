import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BuildError, messageOf } from './build-error.mjs';
import { bundleCapsule } from './bundle.mjs';
import { readCapsuleSource } from './manifest.mjs';
import { hostInterfaces, WORLD_NAME, writeWorld } from './world.mjs';

/** The contract with guests, beside this script's folder. */
export const WIT_FOLDER = fileURLToPath(new URL('../../wit/', import.meta.url));

/** `\0asm`, then version 13 in layer 1: a component. A core module has version 1 in layer 0. */
const COMPONENT_MAGIC = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]);

/**
 * @typedef {object} BuiltCapsule
 * @property {string} name
 * @property {string} file the component, absolute
 * @property {number} bytes
 * @property {string[]} interfaces the host interfaces it imports by name
 * @property {string[]} exports the JavaScript names of what it exports
 */

/**
 * Builds the capsule in `folder`: bundles `capsule.ts`, derives the world from what the bundle really
 * imports and exports, and makes a component with an embedded QuickJS. Takes about a second.
 *
 * The module's top level runs at build time, without a host: it may define things, not call the host.
 * Two builds of one source differ in a few bytes (the engine's snapshot holds random seeds).
 *
 * @param {string} folder
 * @param {{ outFile?: string }} [options] `outFile`: default is the file that the manifest names
 * @returns {Promise<BuiltCapsule>}
 * @throws {BuildError}
 */
export async function buildCapsule(folder, options = {}) {
  const root = resolve(folder);
  const source = await readCapsuleSource(root);
  const file = resolve(options.outFile ?? join(root, source.component));
  const bundle = await bundleCapsule(root, await hostInterfaces(WIT_FOLDER));
  const wit = await writeWorld(WIT_FOLDER, bundle);
  try {
    const component = await componentizeBundle(source.name, bundle.code, wit.path);
    await writeWhole(file, component);
    return {
      name: source.name,
      file,
      bytes: component.length,
      interfaces: bundle.interfaces,
      exports: bundle.exports,
    };
  } finally {
    await wit.dispose();
  }
}

/**
 * @param {string} name
 * @param {string} jsSource
 * @param {string} witPath
 * @returns {Promise<Buffer>}
 */
async function componentizeBundle(name, jsSource, witPath) {
  // A native module of some megabytes: loaded only when something is built.
  const { componentize } = await import('componentize-qjs');
  const { component } = await componentize({
    witPath,
    jsSource,
    world: WORLD_NAME,
    sync: true,
    stubWasi: true,
    optSize: true,
  }).catch((/** @type {unknown} */ cause) => {
    throw new BuildError(
      'componentize-failed',
      `${name}: ${messageOf(cause).trim()}`,
      'The top level of capsule.ts runs at build time: only define things there, and call the host from exports.',
      { cause },
    );
  });
  if (!component.subarray(0, COMPONENT_MAGIC.length).equals(COMPONENT_MAGIC)) {
    throw new BuildError(
      'componentize-failed',
      `${name}: the result is not a component.`,
      'Run npm ci to restore the toolchain.',
    );
  }
  return component;
}

/**
 * Whoever reads `file` sees the old content or the new, never half of it.
 *
 * @param {string} file
 * @param {Uint8Array} bytes
 */
async function writeWhole(file, bytes) {
  await mkdir(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.tmp`;
  await writeFile(partial, bytes);
  await rename(partial, file);
}
