import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { serialize } from 'node:v8';
import { build } from 'esbuild';
import { electronPath } from '../../build/electron.mjs';
import { electronFlags } from '../../build/electron/flags.mjs';
import { root, stampFolder } from '../../build/lib/paths.mjs';

/** @typedef {{ours: number, reference: number, name: string, unit: string, ratio: number, aim: string, note: string}} Result */
/** @typedef {import('./measure-kind.ts').KindFigures} KindFigures */
/** @typedef {import('./measure-kind.ts').Compared} Compared */

const MEBIBYTE = 1_048_576;
const folder = path.join(stampFolder, 'bench', 'guest-kinds');
const built = path.join(root, 'out', 'kernel');

/**
 * Both kinds of guest process: pages, measured inside Electron's main process, and processes of Node, measured in this one.
 * Needs a built application and a display.
 *
 * @returns {Promise<readonly Result[]>}
 */
export async function guestKinds() {
  await bundle();
  const { benchComponents } = await load('components');
  const components = await benchComponents(path.join(root, 'e2e', 'guests', 'trap', 'build', 'trap.wasm'));
  const file = path.join(folder, 'components.bin');
  writeFileSync(file, serialize(components));
  const { measureProcesses } = await load('process-kind');
  return [
    ...results('page', await measurePages(file)),
    ...results('process', await measureProcesses(components, path.join(folder, 'bare-process.js'), built)),
  ];
}

async function bundle() {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'guest-kinds', type: 'module', main: 'page-kind.js' }),
  );
  /** @type {import('esbuild').BuildOptions} */
  const common = { absWorkingDir: root, bundle: true, logLevel: 'warning' };
  const ownFiles = ['components', 'process-kind', 'bare-process', 'page-kind'];
  await Promise.all([
    build({
      ...common,
      entryPoints: ownFiles.map((name) => `bench/guest-kinds/${name}.ts`),
      outdir: folder,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    }),
    build({
      ...common,
      entryPoints: ['bench/guest-kinds/bare-page-worker.ts'],
      outfile: path.join(folder, 'bare-page-worker.js'),
      format: 'iife',
    }),
    build({
      ...common,
      entryPoints: ['src-main/preload/guest.ts'],
      outfile: path.join(folder, 'preload.cjs'),
      platform: 'node',
      format: 'cjs',
      external: ['electron'],
    }),
  ]);
}

/** @returns {Promise<any>} */
function load(/** @type {string} */ name) {
  return import(pathToFileURL(path.join(folder, `${name}.js`)).href);
}

/** @returns {Promise<KindFigures>} */
async function measurePages(/** @type {string} */ components) {
  const { path: electron } = await electronPath();
  const own = [folder, folder, built, components];
  const child = spawn(electron, [...electronFlags(), ...own], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, complained] = ['', ''];
  child.stdout.on('data', (chunk) => (said += String(chunk)));
  child.stderr.on('data', (chunk) => (complained += String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0) {
    throw new Error(`the program that measures pages ended with ${code}: ${complained}`);
  }
  return JSON.parse(said);
}

/** @returns {readonly Result[]} */
function results(/** @type {string} */ kind, /** @type {KindFigures} */ { ask, put, get, first, memory }) {
  const copied = 'a copy of 1 MiB between the same processes';
  const thread = 'a thread, its modules compiled before';
  return [
    result(`${kind}: one call of the host`, ask, 1e3, 'µs', '<= 1.4', 'a bare message there and back'),
    result(`${kind}: 1 MiB to the host in a call`, put, 1, 'ms', '<= 2', copied),
    result(`${kind}: 1 MiB from the host in a call`, get, 1, 'ms', '<= 2', copied),
    result(`${kind}: first call, the smallest guest`, first.small, 1, 'ms', '<= 1.3', thread),
    result(`${kind}: first call, a guest in JavaScript`, first.script, 1, 'ms', '<= 1.3', thread),
    result(
      `${kind}: private memory, the smallest guest idle`,
      memory.small,
      1 / MEBIBYTE,
      'MiB',
      '<= 12 MB',
      thread,
    ),
    result(
      `${kind}: private memory, a guest in JavaScript idle`,
      memory.script,
      1 / MEBIBYTE,
      'MiB',
      '<= 12 MB',
      thread,
    ),
  ];
}

/** @returns {Result} */
function result(
  /** @type {string} */ name,
  /** @type {Compared} */ compared,
  /** @type {number} */ factor,
  /** @type {string} */ unit,
  /** @type {string} */ aim,
  /** @type {string} */ reference,
) {
  const [ours, theirs] = [compared.ours, compared.reference].map((all) => all.map((each) => each * factor));
  const [our, their] = [median(ours ?? []), median(theirs ?? [])];
  const { cold } = compared;
  const warmUp = cold === undefined ? '' : `, to warm up ${(cold * factor).toFixed(2)}`;
  const note = `rounds ${spread(ours ?? [])} against ${spread(theirs ?? [])}${warmUp}; reference: ${reference}`;
  return { name, unit, ours: our, reference: their, ratio: our / their, aim, note };
}

function spread(/** @type {readonly number[]} */ values) {
  return `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
}

function median(/** @type {readonly number[]} */ values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
