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
 * The Electron of this clone, fetched when there is none yet.
 *
 * @returns {Promise<ElectronChoice & {fetched: boolean, retry: string}>} `retry`: the command that forgets the choice
 */
export async function electronPath() {
  const retry = `rm ${path.relative(root, choiceFile)} && npm start`;
  const wanted = pinnedVersion();
  const known = readChoice();
  const choice = await chooseElectron({
    wanted,
    known,
    download: downloadPinned,
    buildTest: buildTestElectron,
  });
  if (choice.path === known?.path && choice.wanted === known.wanted) {
    return { ...choice, fetched: false, retry };
  }
  mkdirSync(stampFolder, { recursive: true });
  writeFileSync(choiceFile, `${JSON.stringify(choice, null, 2)}\n`);
  return { ...choice, fetched: true, retry };
}

/**
 * The pinned Electron where its download works, else the test Electron. The choice is kept until the pinned version
 * changes, so that a machine without the download does not wait for it at every start; of the test Electron only
 * that it was chosen, as its recipe may have changed.
 *
 * @param {object} sources
 * @param {string} sources.wanted
 * @param {ElectronChoice | undefined} sources.known the choice made before
 * @param {() => Promise<string>} sources.download yields the program's path, rejects when it cannot be had
 * @param {() => Promise<{path: string, version: string}>} sources.buildTest
 * @returns {Promise<ElectronChoice>}
 */
export async function chooseElectron({ wanted, known, download, buildTest }) {
  const isKept = known?.wanted === wanted && existsSync(known.path);
  if (isKept && known.pinned) {
    return known;
  }
  const pinned = async () => ({ path: await download(), version: wanted, pinned: true, wanted });
  const test = async () => ({ ...(await buildTest()), pinned: false, wanted });
  /** @type {string[]} */
  const reasons = [];
  for (const make of isKept ? [test, pinned] : [pinned, test]) {
    try {
      return await make();
    } catch (error) {
      reasons.push(text(error));
    }
  }
  throw new StepError(
    `Electron ${wanted} could not be downloaded, nor could the test Electron be made (${reasons.join('; ')}).`,
    'node node_modules/electron/install.js',
  );
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
