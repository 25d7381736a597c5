import { run } from './run.mjs';

/**
 * What dpkg knows of a package.
 * @param {string} name
 * @param {string} [database] dpkg's folder, the system's when absent
 * @returns {Promise<string | null>} its version, also when it is there only in part; null when it is not
 */
export async function versionOf(name, database) {
  const where = database === undefined ? [] : [`--admindir=${database}`];
  const format = '${db:Status-Status} ${Version}\n';
  const { stdout } = await run('dpkg-query', [...where, '--show', `--showformat=${format}`, name]);
  const there = stdout.split('\n').filter((line) => !/^(not-installed|config-files)? |^$/.test(line));
  return there[0]?.split(' ')[1] ?? null;
}

/**
 * Of a package's dependencies those that nothing installed fulfils.
 * @param {string} depends as in a control file: `a, b | c`
 * @param {string} [database] as above
 * @returns {Promise<string[][]>} each with its alternatives
 */
export async function missingOf(depends, database) {
  const groups = depends
    .trim()
    .split(/\s*,\s*/)
    .map((one) => one.split(/\s*\|\s*/));
  const versions = await Promise.all(
    groups.map((names) => Promise.all(names.map((name) => versionOf(name, database)))),
  );
  return groups.filter((_names, at) => versions[at]?.every((version) => version === null));
}

/**
 * Whether apt has a package of that name. It answers with success, and nothing, for a name that only another
 * package mentions.
 * @param {string} name
 */
export async function canInstall(name) {
  const { stdout } = await run('apt-cache', ['show', '--no-all-versions', name]);
  return stdout.includes('Package: ');
}
