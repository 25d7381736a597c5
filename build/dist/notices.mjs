import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../lib/paths.mjs';
import { readCrates } from './notices-crates.mjs';
import { packagesOf, readPackages } from './notices-packages.mjs';
import { assertLicences } from './notices-policy.mjs';
import { sbom } from './sbom.mjs';

/** @typedef {import('./notices-packages.mjs').Shipped} Shipped */

export const NOTICES_FILE = 'THIRD-PARTY-NOTICES.txt';
export const SBOM_FILE = 'sbom.cdx.json';

const PRODUCT = 'Capsule Desktop';
const RULE = '='.repeat(80);

/**
 * Writes the notices and the bill of materials of everything in the program that is not ours.
 *
 * @param {object} options
 * @param {Iterable<string>} options.inputs the files that all bundles are made of, from the root
 * @param {string[]} [options.wasm] the shipped .wasm files: what was compiled into them counts too
 * @param {string} options.folder where to, made when it is missing
 * @param {string} options.version
 * @param {string} options.commit
 * @param {string} options.date of the build, ISO 8601 in UTC
 * @param {string} options.electron version
 * @param {{chromium?: string, node?: string}} [options.engines] versions of what is in it, where they are known
 * @throws when a licence is unknown, not allowed, or without its text
 */
export async function writeNotices({ inputs, wasm = shippedWasm(), folder, electron, engines, ...facts }) {
  const shipped = once([...readPackages(packagesOf(inputs)), ...readCrates(wasm)]);
  assertLicences(shipped);
  const product = { name: PRODUCT, ...facts, electron: { version: electron, ...engines } };
  const bill = await sbom(shipped, product);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, NOTICES_FILE), thirdPartyNotices(shipped, product));
  writeFileSync(path.join(folder, SBOM_FILE), `${bill}\n`);
}

/** The transpiler's modules and the example capsules; a capsule file is such a component, packed. */
function shippedWasm() {
  const capsules = readdirSync(path.join(root, 'capsules')).map((name) => `capsules/${name}/build`);
  const found = ['out/kernel', ...capsules].flatMap((below) => {
    const folder = path.join(root, below);
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.filter((name) => name.endsWith('.wasm')).map((name) => path.join(folder, name));
  });
  if (found.length === 0) {
    throw new Error(
      'There are no built .wasm files whose notices could be written: npm run build comes first.',
    );
  }
  return found;
}

/**
 * One text for people: a list of what is shipped, then every licence text once below the names it is for.
 *
 * @param {Shipped[]} shipped
 * @param {{name: string, version: string}} product
 * @returns {string}
 */
export function thirdPartyNotices(shipped, { name, version }) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  for (const one of shipped) {
    for (const text of new Set(one.texts.map(tidy))) {
      groups.set(text, [...(groups.get(text) ?? []), title(one)]);
    }
  }
  const list = shipped.map((one) => [title(one), one.licence, one.repository].filter(Boolean).join(', '));
  return `${[
    `${name} ${version} contains the work of others, listed here with their licences.`,
    'Those of Electron and Chromium are in LICENSE.electron.txt and LICENSES.chromium.html.',
    'Crates are Rust libraries compiled into WebAssembly; of several licences we use the Apache one.',
    '',
    ...list,
    ...[...groups].flatMap(([text, names]) => ['', RULE, names.join('\n'), RULE, '', text]),
  ].join('\n')}\n`;
}

/** The same version of a package may be installed in two places. */
function once(/** @type {Shipped[]} */ shipped) {
  return [...new Map(shipped.map((one) => [one.purl, one])).values()];
}

function title(/** @type {Shipped} */ { name, version, purl }) {
  return [purl.startsWith('pkg:cargo/') ? `crate ${name}` : name, version].filter(Boolean).join(' ');
}

/** Line ends and trailing blanks make no other licence. */
function tidy(/** @type {string} */ text) {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}
