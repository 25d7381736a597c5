import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { packagesOf } from '../dist/notices-packages.mjs';
import { StepError } from '../lib/log.mjs';

const KERNEL_FILES = [
  'index.js',
  'cli.js',
  'transpile-worker.js',
  'transpile-process.js',
  'guest-worker.js',
  'guest-process.js',
  'guest-page.js',
  'guest-page-worker.js',
  'transpile-page-worker.js',
  'launcher-thread.js',
  'tree-thread.js',
  'disk-thread.js',
];

/**
 * The bundles that run without a window are what we say they are. Source that follows the layers can still
 * be bundled wrongly, so this looks at the files that came out.
 * @param {string} folder that holds `out/`
 */
export async function assertKernel(folder) {
  for (const name of KERNEL_FILES) {
    const imports = await importsOf(path.join(folder, 'out', 'kernel', name));
    expect(
      !imports.some((specifier) => /^electron($|\/)/.test(specifier)),
      `out/kernel/${name} imports electron: it must run under plain Node`,
    );
    const relative = imports.filter((specifier) => specifier.startsWith('.'));
    expect(
      relative.length === 0,
      `out/kernel/${name} is not whole in itself: it imports ${relative.join(', ')}`,
    );
    const foreign = imports.filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier));
    expect(
      foreign.length === 0,
      `out/kernel/${name} may import modules of Node only, an installed program has no other: ${foreign.join(', ')}`,
    );
  }
}

/**
 * A bundle that is made of our own files alone.
 * @param {string} name
 * @param {Iterable<string>} inputs paths of what went into it
 */
export function assertOwnCode(name, inputs) {
  const packages = packagesOf(inputs);
  expect(packages.length === 0, `${name} may hold no code of packages, but has ${packages.join(', ')}`);
}

/**
 * The application's files fit a sandboxed preload and a content security policy without inline scripts.
 * @param {string} folder that holds `out/`
 */
export async function assertApp(folder) {
  const main = await importsOf(path.join(folder, 'out', 'main', 'index.js'));
  expect(main.includes('electron'), 'out/main/index.js does not import electron');
  const packages = main.filter((one) => one !== 'electron' && !one.startsWith('.') && !isBuiltin(one));
  expect(
    packages.length === 0,
    `out/main/index.js may import Electron and modules of Node only, an installed program has no other: ${packages.join(', ')}`,
  );
  for (const name of ['index.cjs', 'guest.cjs']) {
    const preload = await importsOf(path.join(folder, 'out', 'preload', name));
    const foreign = preload.filter((specifier) => specifier !== 'electron');
    expect(
      foreign.length === 0,
      `out/preload/${name} runs in the sandbox and may require electron only, not ${foreign.join(', ')}`,
    );
  }
  const page = readText(path.join(folder, 'out', 'renderer', 'index.html'));
  const inline = [...page.matchAll(/<script\b([^>]*)>/g)].filter((match) => !/\bsrc=/.test(match[1] ?? ''));
  expect(inline.length === 0, 'out/renderer/index.html has an inline script: the policy refuses it');
}

/** @returns {Promise<string[]>} */
async function importsOf(/** @type {string} */ file) {
  // Only here: whoever imports this file runs before the parser is installed.
  const { readImports } = await import('./layers/imports.mjs');
  return readImports(file, readText(file)).imports.map(({ specifier }) => specifier);
}

function readText(/** @type {string} */ file) {
  expect(existsSync(file), `${file} has not been built`);
  return readFileSync(file, 'utf8');
}

/**
 * @param {boolean} holds
 * @param {string} message
 */
function expect(holds, message) {
  if (!holds) {
    throw new StepError(message);
  }
}
