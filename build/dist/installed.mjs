import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
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

/** @returns {string | null} why a package cannot be installed here */
export function cannotInstall() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg')) {
    return 'it is no system of Debian packages';
  }
  return process.getuid?.() === 0 ? null : 'installing needs root';
}

/**
 * Installs the package as an administrator does, has `work` use it as an ordinary user, and removes it again.
 * Rejects when the removal leaves a file behind or does not say where the person's data is.
 *
 * @param {(user: string) => Promise<void>} work
 */
export async function whileInstalled(work) {
  const deb = debFile();
  await mustRun('apt-get', [
    'install',
    '-y',
    '--no-install-recommends',
    ...(await dependsOf(deb)),
    ...DESKTOP_PACKAGES,
  ]);
  const before = await installedFiles();
  await mustRun('dpkg', ['-i', deb]);
  let said = '';
  try {
    await addUser();
    await work(TEST_USER);
  } finally {
    said = await mustRun('dpkg', ['-r', PACKAGE]);
    await run('userdel', ['-r', TEST_USER]);
  }
  const left = [...(await installedFiles())].filter((file) => !before.has(file));
  if (left.length > 0) {
    throw new StepError(`The package left files behind: ${left.join(', ')}`, `dpkg -P ${PACKAGE}`);
  }
  if (!said.includes('The data was kept')) {
    throw new StepError('Removing the package did not say where the data is.', undefined, said);
  }
}

function debFile() {
  const [name, ...more] = readdirSync(path.join(root, 'dist')).filter((file) => file.endsWith('.deb'));
  if (name === undefined || more.length > 0) {
    throw new StepError('There is not one .deb in dist/.', 'npm run dist');
  }
  return path.join(root, 'dist', name);
}

/** @returns {Promise<string[]>} of each alternative the first that this system knows */
async function dependsOf(/** @type {string} */ deb) {
  const depends = (await mustRun('dpkg-deb', ['-f', deb, 'Depends'])).trim();
  return Promise.all(
    depends.split(/\s*,\s*/).map(async (one) => {
      const names = one.split(/\s*\|\s*/);
      const known = await Promise.all(
        names.map(async (name) => (await run('apt-cache', ['show', '--no-all-versions', name])).status === 0),
      );
      return names[known.indexOf(true)] ?? names[0] ?? one;
    }),
  );
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
