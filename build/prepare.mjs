import { buildApp } from './bundle/app.mjs';
import { bundleKernel } from './bundle/kernel.mjs';
import { electronPath } from './electron.mjs';
import { createLog, StepError } from './lib/log.mjs';
import { buildComponents } from './prepare/components.mjs';
import { checkNodeVersion } from './prepare/node-version.mjs';
import { installNpmPackages } from './prepare/npm-packages.mjs';
import { installSystemPackages } from './prepare/system-packages.mjs';
import { generateWitTypes } from './prepare/wit-types.mjs';

/**
 * Brings the clone from nothing to ready, one line per step; every step is cheap when it has been done before.
 * A step that fails prints what to type and rejects with a StepError.
 *
 * @param {object} options
 * @param {boolean} options.window a window will be opened: Electron and what it needs
 * @param {boolean} options.components the example capsules and the guests of the tests
 * @param {'app' | 'kernel' | 'none'} options.build what to build: everything, only what runs under plain Node, nothing
 * @param {boolean} [options.quiet] print only what had to be done, and on stderr
 */
export async function prepare({ window, components, build, quiet = false }) {
  const log = createLog({ quiet });
  await log.step('Node', checkNodeVersion);
  await log.step('npm packages', () => installNpmPackages());
  /** @type {string | undefined} */
  let electronBinary;
  if (window) {
    await log.step('Electron', async () => {
      const electron = await electronPath();
      electronBinary = electron.path;
      const note = electron.pinned ? electron.version : `${electron.version}, the test Electron`;
      return { worked: electron.fetched, note };
    });
  }
  if (window || build !== 'none') {
    await log.step('system packages', () => installSystemPackages(electronBinary));
  }
  await log.step('types of the host interfaces', generateWitTypes);
  if (components) {
    await log.step('components', buildComponents);
  }
  if (build !== 'none') {
    await log.step('kernel', bundleKernel);
  }
  if (build === 'app') {
    await log.step('application', buildApp);
  }
  if (window) {
    await noticeTestElectron(log);
  }
}

/**
 * Prepares, or ends the process: the failed step has printed what to type.
 * @param {Parameters<typeof prepare>[0]} options
 * @param {number} [status] exit status after a failure
 */
export async function prepareOrExit(options, status = 1) {
  try {
    await prepare(options);
  } catch (error) {
    if (!(error instanceof StepError)) {
      throw error;
    }
    process.exit(status);
  }
}

/** The stand-in must never be mistaken for what we ship. */
async function noticeTestElectron(/** @type {import('./lib/log.mjs').Log} */ log) {
  const { pinned, version, retry } = await electronPath();
  if (!pinned) {
    log.notice(
      `the pinned Electron could not be downloaded: this is the test Electron (${version}), for development and tests only`,
    );
    log.notice(`to try the download again: ${retry}`);
  }
}
