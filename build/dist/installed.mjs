import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { canInstall, missingOf, versionOf } from '../lib/debian.mjs';
import { StepError } from '../lib/log.mjs';
import { root } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

/** Where the package puts the program, and the name by which a person starts it. */
export const INSTALLED_PROGRAM = '/usr/bin/capsule-desktop';
const PACKAGE = 'capsule-desktop';

/** Made for the test, and removed with it. */
const TEST_USER = 'capsule-desktop-test';

/**
 * What a desktop has and a bare machine has not: it tells files by their names, reads `.desktop` files, and opens
 * the one with the other.
 */
const DESKTOP_PACKAGES = ['desktop-file-utils', 'libglib2.0-bin', 'shared-mime-info'];

/** Below these, an installation adds files; the first three hold what others keep up to date from them. */
const CACHES = [
  /^\/usr\/share\/mime\//,
  /^\/usr\/share\/applications\/mimeinfo\.cache$/,
  /\/icon-theme\.cache$/,
];
const WATCHED = ['/etc', '/opt', '/usr'];

/** @returns {Promise<string | null>} why a package cannot be installed here */
export async function cannotInstall() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg')) {
    return 'it is no system of Debian packages';
  }
  if (process.getuid?.() !== 0) {
    return 'installing needs root';
  }
  const version = await versionOf(PACKAGE);
  return version === null || isOfTest(version)
    ? null
    : `Capsule Desktop ${version} is installed, and the test would remove it: dpkg -r ${PACKAGE}`;
}

/** With the test Electron no other package is made than for tests. */
function isOfTest(/** @type {string} */ version) {
  return /test.electron/.test(version);
}

/**
 * Installs the package as an administrator does, has `work` use it as an ordinary user, and removes it again.
 * Rejects when the removal leaves a file behind or does not say where the person's data is. Only where
 * `cannotInstall` says null: a package that is there is taken for one of the tests.
 *
 * @param {(user: string) => Promise<void>} work
 */
export async function whileInstalled(work) {
  const deb = debFile();
  if ((await versionOf(PACKAGE)) !== null) {
    // An interrupted test has left its package, perhaps half of it: apt would refuse to do anything beside it.
    await mustRun('dpkg', ['-P', '--force-remove-reinstreq', PACKAGE]);
  }
  await installMissing(deb);
  // Before the files are listed: on a bare machine useradd makes backups of its own in /etc.
  await addUser();
  const before = await installedFiles();
  let removal;
  try {
    await mustRun('dpkg', ['-i', deb]);
    await work(TEST_USER);
  } finally {
    removal = await run('dpkg', ['-r', PACKAGE]);
    await run('userdel', ['-r', TEST_USER]);
  }
  if (removal.status !== 0) {
    throw new StepError('The package could not be removed.', `dpkg -P ${PACKAGE}`, removal.output);
  }
  const left = [...(await installedFiles())].filter((file) => !before.has(file));
  if (left.length > 0) {
    throw new StepError(`The package left files behind: ${left.join(', ')}`, `dpkg -P ${PACKAGE}`);
  }
  if (!removal.output.includes('The data was kept')) {
    throw new StepError('Removing the package did not say where the data is.', undefined, removal.output);
  }
}

function debFile() {
  const [name, ...more] = readdirSync(path.join(root, 'dist')).filter((file) => file.endsWith('.deb'));
  if (name === undefined || more.length > 0) {
    throw new StepError('There is not one .deb in dist/.', 'npm run dist');
  }
  return path.join(root, 'dist', name);
}

/** What is there already is left as it is; a bare machine's lists of packages are empty. */
async function installMissing(/** @type {string} */ deb) {
  const depends = await mustRun('dpkg-deb', ['-f', deb, 'Depends']);
  const missing = await missingOf([depends, ...DESKTOP_PACKAGES].join(', '));
  if (missing.length > 0) {
    // Without a network the lists that are there may still do.
    await run('apt-get', ['update']);
    const names = await Promise.all(missing.map(firstKnown));
    await mustRun('apt-get', ['install', '-y', '--no-install-recommends', ...names]);
  }
}

/** @returns {Promise<string>} of alternatives the first that this system can install */
async function firstKnown(/** @type {string[]} */ names) {
  const known = await Promise.all(names.map(canInstall));
  return names[known.indexOf(true)] ?? names.join(' | ');
}

/** A user with a home and no password; one that an interrupted run has left behind is made anew. */
async function addUser() {
  if (readFileSync('/etc/passwd', 'utf8').includes(`\n${TEST_USER}:`)) {
    await mustRun('userdel', ['-r', TEST_USER]);
  }
  await mustRun('useradd', ['--create-home', '--shell', '/bin/sh', TEST_USER]);
}

async function installedFiles() {
  const { stdout } = await run('find', [...WATCHED, '-xdev', '-not', '-type', 'd']);
  return new Set(
    stdout.split('\n').filter((file) => file !== '' && !CACHES.some((cache) => cache.test(file))),
  );
}

/** @returns {Promise<string>} what it printed */
async function mustRun(/** @type {string} */ command, /** @type {string[]} */ args) {
  const { status, output } = await run(command, args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) {
    throw new StepError(`${command} failed with status ${status}.`, [command, ...args].join(' '), output);
  }
  return output;
}
