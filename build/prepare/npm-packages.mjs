import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StepError } from '../lib/log.mjs';
import { runNpm } from '../lib/npm.mjs';
import { root } from '../lib/paths.mjs';

/** The tools are dev dependencies: NODE_ENV=production and the person's npmrc would leave them out. */
const WHATEVER_NPMRC_SAYS = ['dev', 'optional', 'peer'].map((kind) => `--include=${kind}`);

/** Installs what package-lock.json says, unless exactly that is installed. */
export async function installNpmPackages() {
  if (isInstalled(root)) {
    return {};
  }
  const args = ['ci', ...WHATEVER_NPMRC_SAYS, '--no-audit', '--no-fund', '--loglevel=error'];
  // npm's own progress bar needs the terminal; without one its chatter is worth nothing but after a failure.
  const result = await runNpm(args, { show: process.stdout.isTTY });
  if (result.status !== 0) {
    throw new StepError('npm could not install the packages of package-lock.json.', 'npm ci', result.output);
  }
  return { worked: true };
}

/**
 * npm writes what it has really installed to node_modules/.package-lock.json. The clone is ready when that
 * agrees with package-lock.json but for the optional packages that are meant for other machines.
 *
 * @param {string} folder
 */
export function isInstalled(folder) {
  const installedFile = path.join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) {
    return false;
  }
  const wanted = lockedPackages(path.join(folder, 'package-lock.json'));
  /** @type {ReturnType<typeof lockedPackages>} */
  let installed;
  try {
    installed = lockedPackages(installedFile);
  } catch {
    // Cut short, as by a full disk: npm writes it anew.
    return false;
  }
  for (const [name, entry] of Object.entries(installed)) {
    const locked = wanted[name];
    if (locked?.version !== entry.version || (locked?.integrity ?? entry.integrity) !== entry.integrity) {
      return false;
    }
  }
  return Object.entries(wanted).every(([name, entry]) => name === '' || entry.optional || name in installed);
}

/**
 * @param {string} file
 * @returns {Record<string, {version?: string, integrity?: string, optional?: boolean}>}
 */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
