import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root as clone } from '../lib/paths.mjs';
import { TEXTS_NOT_IN_PACKAGES } from './notices-known.mjs';

/**
 * @typedef {object} Shipped somebody else's work in our program
 * @property {string} name
 * @property {string} [version]
 * @property {string} purl package URL, https://github.com/package-url/purl-spec
 * @property {string} licence SPDX expression
 * @property {string} [repository] https URL
 * @property {string} [integrity] as in package-lock.json: `<algorithm>-<base64>`
 * @property {string[]} texts of the licences and notices
 */

/** Files that hold a licence's text, not code about licences (`license.js`). */
const TEXT_FILE = /^(licen[cs]e|copying|notice|unlicense)($|[-_.])(?!.*(js|ts|json)$)/i;

/**
 * The folders of the packages that these files come from.
 * @param {Iterable<string>} inputs paths from the root, of our own files and of packages
 * @returns {string[]} such as `node_modules/a/node_modules/@b/c`, sorted, each once
 */
export function packagesOf(inputs) {
  /** @type {Set<string>} */
  const folders = new Set();
  for (const input of inputs) {
    const [, folder] =
      /^(.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input.replaceAll('\\', '/')) ?? [];
    if (folder) {
      folders.add(folder);
    }
  }
  return [...folders].sort();
}

/**
 * Reads what has to be said about packages; `assertLicences` says what is wanting.
 *
 * @param {string[]} folders relative to the root
 * @param {string} [root] where package-lock.json lies
 * @returns {Shipped[]}
 */
export function readPackages(folders, root = clone) {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return folders.map((folder) => readPackage(path.join(root, folder), lock[folder]?.integrity));
}

/** @returns {Shipped} */
function readPackage(/** @type {string} */ folder, /** @type {string | undefined} */ integrity) {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const { name, version } = manifest;
  const own = readTexts(folder);
  const known = TEXTS_NOT_IN_PACKAGES[name];
  const repository = webAddress(manifest.repository?.url ?? manifest.repository);
  return {
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licence: licenceOf(manifest),
    ...(repository && { repository }),
    ...(integrity && { integrity }),
    texts: own.length === 0 && known ? [known.text] : own,
  };
}

/** @param {string} folder */
export function readTexts(folder) {
  return existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && TEXT_FILE.test(entry.name))
        .map((entry) => readFileSync(path.join(folder, entry.name), 'utf8'))
    : [];
}

/** @typedef {string | {type?: string}} Licence */

/** Old packages have an object or a list instead of an expression. */
function licenceOf(/** @type {{license?: Licence | Licence[], licenses?: Licence | Licence[]}} */ manifest) {
  const all = [manifest.license ?? manifest.licenses ?? []].flat();
  return all.map((one) => (typeof one === 'string' ? one : (one.type ?? ''))).join(' OR ');
}

/** @returns {string | undefined} */
function webAddress(/** @type {unknown} */ repository) {
  if (typeof repository !== 'string') {
    return undefined;
  }
  const short = /^(?:github:)?([\w.-]+\/[\w.-]+)$/.exec(repository);
  const address = short ? `https://github.com/${short[1]}` : repository;
  const web = address
    .replace(/^git\+/, '')
    .replace(/^(?:git|ssh|http):\/\/(?:git@)?/, 'https://')
    .replace(/^git@([^:]+):/, 'https://$1/')
    .replace(/\.git$/, '');
  return web.startsWith('https://') ? web : undefined;
}
