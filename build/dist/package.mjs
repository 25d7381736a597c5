import { readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { electronPath } from '../electron.mjs';
import { BUNDLED_FOLDER } from '../bundle/inputs.mjs';
import { StepError } from '../lib/log.mjs';
import { root } from '../lib/paths.mjs';
import { runNode } from '../lib/run.mjs';
import { isOnPath } from '../prepare/system-packages.mjs';
import { builderConfig, RESOURCES } from './config.mjs';
import { renderIcons } from './icons.mjs';
import { packagedSource } from './source.mjs';
import { planTargets } from './targets.mjs';

/** Packaging compresses some 300 MB; on two cores that takes a minute per installer. */
const BUILDER_LIMIT = 30 * 60_000;

/**
 * Packages what has been built.
 * @param {object} [options]
 * @param {(target: string, arch: string) => boolean} [options.isWanted] everything that can be made, when absent
 * @param {boolean} [options.toTry] made to be installed here and thrown away: as fast as can be, whatever its size
 * @returns {Promise<{files: string[], leftOut: import('./targets.mjs').Plan['leftOut'], changed: string[]}>} `files`:
 *   what is in dist/, by name; `changed`: what was packaged beside the commit that the packages name
 */
export async function packageApp({ isWanted = () => true, toTry = false } = {}) {
  const electron = await electronPath();
  const { commit, changed } = await packagedSource();
  const facts = { commit, date: buildDate(), version: versionFor(electron) };
  const whole = planTargets({
    platform: process.platform,
    arch: process.arch,
    pinnedElectron: electron.pinned,
    has: isOnPath,
  });
  const plan = { ...whole, targets: whole.targets.filter(({ target, arch }) => isWanted(target, arch)) };
  await writeResources(facts, electron.version);
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  const testElectron = electron.pinned
    ? undefined
    : { version: electron.version, folder: path.dirname(electron.path) };
  const job = { plan, config: builderConfig({ ...facts, testElectron, toTry }) };
  const result = await runNode([path.join(root, 'build', 'dist', 'run-builder.mjs'), JSON.stringify(job)], {
    timeout: BUILDER_LIMIT,
    env: electron.pinned ? process.env : { ...process.env, ...fpmStandIn },
  });
  if (result.status !== 0) {
    throw new StepError('The application could not be packaged.', 'npm run dist', result.output);
  }
  return {
    files: readdirSync(path.join(root, 'dist')).filter((name) => !/^builder-|\.blockmap$/.test(name)),
    leftOut: plan.leftOut,
    changed,
  };
}

/** Instead of fpm itself, which would be downloaded. */
const fpmStandIn = {
  USE_SYSTEM_FPM: 'true',
  CUSTOM_FPM_PATH: path.join(root, 'build', 'dist', 'fpm-stand-in.mjs'),
};

/** A package with the test Electron says so in its version, and thereby in its file name and in About. */
function versionFor(/** @type {{pinned: boolean, version: string}} */ electron) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return electron.pinned ? version : `${version}-test-electron${electron.version}`;
}

/** When it was packaged: SOURCE_DATE_EPOCH, in seconds, for a build that repeats. */
function buildDate() {
  const epoch = Number(process.env['SOURCE_DATE_EPOCH']);
  return (epoch > 0 ? new Date(epoch * 1000) : new Date()).toISOString();
}

/**
 * Icons, licence texts and the bill of materials.
 * @param {{version: string, commit: string, date: string}} facts
 * @param {string} electron version
 */
async function writeResources(facts, electron) {
  const folder = path.join(root, RESOURCES);
  rmSync(folder, { recursive: true, force: true });
  await renderIcons(path.join(folder, 'icons'));
  const bundles = readdirSync(path.join(root, BUNDLED_FOLDER));
  const inputs = bundles.flatMap(
    (name) => JSON.parse(readFileSync(path.join(root, BUNDLED_FOLDER, name), 'utf8')).inputs,
  );
  // Only here: this file is read before packages are installed.
  const { writeNotices } = await import('./notices.mjs');
  await writeNotices({ inputs: [...new Set(inputs)], folder, ...facts, electron });
}

/** @returns {string} the program in the folder that the last packaging left */
export function unpackedProgram() {
  const arch = process.arch === 'arm64' ? '-arm64' : '';
  const places = {
    linux: [`linux${arch}-unpacked`, 'capsule-desktop'],
    darwin: [`mac${arch}`, 'Capsule Desktop.app', 'Contents', 'MacOS', 'Capsule Desktop'],
    win32: [`win${arch}-unpacked`, 'Capsule Desktop.exe'],
  };
  return path.join(root, 'dist', ...places[/** @type {keyof typeof places} */ (process.platform)]);
}
