import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { downloadPinned, pinnedVersion } from './electron/pinned.mjs';
import { buildTestElectron } from './electron/test-electron.mjs';
import { StepError } from './lib/log.mjs';
import { root, stampFolder } from './lib/paths.mjs';

/** Where the choice is written down: end-to-end tests and benches read it there. */
const choiceFile = path.join(stampFolder, 'electron.json');

/**
 * @typedef {object} ElectronChoice
 * @property {string} path of the program
 * @property {string} version
 * @property {boolean} pinned false for the test Electron
 * @property {string} wanted the pinned version at the time of the choice
 */

/**
 * The Electron of this clone, fetched when there is none yet. The choice is kept until the pinned version
 * changes, so that a machine without the download does not wait for it at every start.
 *
 * @returns {Promise<ElectronChoice & {fetched: boolean, retry: string}>} `retry`: the command that forgets the choice
 */
export async function electronPath() {
  const retry = `rm ${path.relative(root, choiceFile)} && npm start`;
  const wanted = pinnedVersion();
  const known = readChoice();
  if (known && known.wanted === wanted && existsSync(known.path)) {
    return { ...known, fetched: false, retry };
  }
  const choice = await chooseElectron({
    wanted,
    download: downloadPinned,
    buildTest: buildTestElectron,
  });
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(choiceFile, `${JSON.stringify(choice, null, 2)}\n`);
  return { ...choice, fetched: true, retry };
}

/**
 * The pinned Electron where its download works, else the test Electron.
 *
 * @param {object} sources
 * @param {string} sources.wanted
 * @param {() => Promise<string>} sources.download yields the program's path, rejects when it cannot be had
 * @param {() => Promise<{path: string, version: string}>} sources.buildTest
 * @returns {Promise<ElectronChoice>}
 */
export async function chooseElectron({ wanted, download, buildTest }) {
  /** @type {unknown} */
  let reason;
  try {
    return { path: await download(), version: wanted, pinned: true, wanted };
  } catch (error) {
    reason = error;
  }
  try {
    return { ...(await buildTest()), pinned: false, wanted };
  } catch (error) {
    throw new StepError(
      `Electron ${wanted} could not be downloaded (${text(reason)}), nor could the test Electron be made (${text(error)}).`,
      'node node_modules/electron/install.js',
    );
  }
}

/** @returns {ElectronChoice | undefined} */
function readChoice() {
  try {
    return JSON.parse(readFileSync(choiceFile, 'utf8'));
  } catch {
    // Missing or cut short: choose again, which costs little.
    return undefined;
  }
}

function text(/** @type {unknown} */ error) {
  return error instanceof Error ? error.message : String(error);
}
