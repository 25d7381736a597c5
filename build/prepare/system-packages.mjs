import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { canInstall } from '../lib/debian.mjs';
import { StepError } from '../lib/log.mjs';
import { run } from '../lib/run.mjs';
import { packagesFor } from './package-names.mjs';

/** Nobody is there to answer a question of a package's installer. */
const APT_ENVIRONMENT = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };

/**
 * Finds what this machine lacks and installs it (Debian-like, as root) or says what to type.
 * Only Linux needs anything: elsewhere Electron carries what it uses.
 *
 * @param {string} [electron] the program whose shared libraries must be there; undefined: no window
 */
export async function installSystemPackages(electron) {
  if (process.platform !== 'linux') {
    return {};
  }
  const missing = await findMissing(electron);
  if (missing.length === 0) {
    return {};
  }
  const family = distributionFamily(readOsRelease());
  if (family !== 'debian' || process.getuid?.() !== 0) {
    const line = await installLine(missing, family);
    const command = line.includes('&&') ? `sudo sh -c '${line}'` : `sudo ${line}`;
    throw new StepError(`This machine lacks ${missing.join(', ')}.`, command);
  }
  // Before the names are looked up: a bare machine's lists of packages are empty.
  await run('apt-get', ['update'], { env: APT_ENVIRONMENT });
  const line = await installLine(missing, family);
  const installed = await run('sh', ['-c', line], { env: APT_ENVIRONMENT });
  const still = installed.status === 0 ? await findMissing(electron) : missing;
  if (still.length > 0) {
    throw new StepError(`Could not install ${still.join(', ')}.`, line, installed.output);
  }
  return { worked: true, note: missing.join(' ') };
}

/** @returns {Promise<string[]>} programs and shared libraries by name */
async function findMissing(/** @type {string | undefined} */ electron) {
  const programs = ['bwrap', 'prlimit'];
  if (electron && !hasDisplay()) {
    // xvfb-run is a shell script over these two.
    programs.push('xvfb-run', 'Xvfb', 'xauth');
  }
  const missing = programs.filter((program) => !isOnPath(program));
  return electron ? [...missing, ...(await missingLibraries(electron))] : missing;
}

export function hasDisplay(env = process.env) {
  return process.platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

export function isOnPath(/** @type {string} */ program) {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(path.join(folder, program)));
}

async function missingLibraries(/** @type {string} */ electron) {
  if (!statSync(electron).isFile()) {
    return [];
  }
  const { stdout } = await run('ldd', [electron]);
  return [...stdout.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? '');
}

function readOsRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}

/**
 * @param {string} osRelease text of /etc/os-release
 * @returns {'debian' | 'fedora' | 'arch' | 'suse'}
 */
export function distributionFamily(osRelease) {
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].map((match) => match[1]).join(' ');
  if (/fedora|rhel|centos/.test(ids)) {
    return 'fedora';
  }
  if (/arch/.test(ids)) {
    return 'arch';
  }
  return /suse/.test(ids) ? 'suse' : 'debian';
}

/**
 * @param {string[]} missing
 * @param {ReturnType<typeof distributionFamily>} family
 * @returns {Promise<string>} one line for the shell, to be run by root
 */
async function installLine(missing, family) {
  const names = packagesFor(missing, family);
  switch (family) {
    case 'fedora':
      return `dnf install -y ${names.map(quoteParentheses).join(' ')}`;
    case 'arch':
      return `pacman -S --needed ${names.join(' ')}`;
    case 'suse':
      return `zypper install --capability ${names.map(quoteParentheses).join(' ')}`;
    case 'debian': {
      const current = (await renamed(names)).join(' ');
      return `apt-get update && apt-get install -y --no-install-recommends ${current}`;
    }
  }
}

/** Debian 13 and Ubuntu 24.04 renamed libraries (64-bit time); the old name may then be ambiguous. */
async function renamed(/** @type {string[]} */ names) {
  return Promise.all(names.map(async (name) => ((await canInstall(`${name}t64`)) ? `${name}t64` : name)));
}

function quoteParentheses(/** @type {string} */ name) {
  return name.includes('(') ? `'${name}'` : name;
}
