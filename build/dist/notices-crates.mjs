import { readFileSync } from 'node:fs';
import { packageFile } from '../lib/paths.mjs';
import { QUICKJS, RQUICKJS_TEXT } from './notices-known.mjs';
import { readPackages, readTexts } from './notices-packages.mjs';

/** @typedef {import('./notices-packages.mjs').Shipped} Shipped */

const DUAL = 'MIT OR Apache-2.0';
const LLVM = 'Apache-2.0 WITH LLVM-exception';
const TRIPLE = `${LLVM} OR Apache-2.0 OR MIT`;

/** The licence of each crate that was seen, as its authors declare it; looked up by hand when a new name turns up. @type {Record<string, string>} */
const LICENCES = {
  anyhow: DUAL,
  base64: DUAL,
  bumpalo: DUAL,
  'cranelift-bitset': LLVM,
  'cranelift-entity': LLVM,
  hashbrown: DUAL,
  heck: DUAL,
  indexmap: DUAL,
  leb128fmt: DUAL,
  'rquickjs-core': 'MIT',
  'rustc-demangle': DUAL,
  semver: DUAL,
  serde: DUAL,
  serde_core: DUAL,
  serde_json: DUAL,
  smallvec: DUAL,
  'unicode-width': DUAL,
  'wasm-encoder': TRIPLE,
  wasmparser: TRIPLE,
  'wasmtime-environ': LLVM,
  'wasmtime-internal-component-util': LLVM,
  'wasmtime-internal-core': LLVM,
  wast: TRIPLE,
  'wit-bindgen-core': TRIPLE,
  'wit-component': TRIPLE,
  'wit-parser': TRIPLE,
};

/**
 * What Rust compiled into WebAssembly files, as far as they say: the paths of sources in their panic messages.
 * A crate without such a message stays unnamed. A capsule that QuickJS runs also holds its engine and the tool's glue.
 *
 * @param {string[]} files paths of .wasm files
 * @returns {Shipped[]} crates by name, then what they come with
 * @throws when the licence of a crate is not known
 */
export function readCrates(files) {
  const crates = new Set(files.flatMap((file) => cratesIn(readFileSync(file))));
  const unknown = [...crates].filter((crate) => !LICENCES[nameOf(crate)]);
  if (unknown.length > 0) {
    throw new Error(
      `No licence is known for the Rust crates ${unknown.join(', ')}. Look at crates.io and add it to build/dist/notices-crates.mjs.`,
    );
  }
  const shipped = [...crates].sort().map(describe);
  return shipped.some((one) => one.name === 'rquickjs-core')
    ? [...shipped, QUICKJS, ...readPackages(['node_modules/componentize-qjs'])]
    : shipped;
}

/**
 * @param {Buffer} wasm
 * @returns {string[]} `name-version`, each once
 */
export function cratesIn(wasm) {
  const paths = wasm.toString('latin1').matchAll(/[\\/]([a-z][a-z0-9_-]*-\d+\.\d+\.\d+)[\\/]src[\\/]/g);
  return [...new Set([...paths].map((match) => match[1] ?? ''))];
}

/** @returns {Shipped} */
function describe(/** @type {string} */ crate) {
  const name = nameOf(crate);
  const version = crate.slice(name.length + 1);
  const licence = LICENCES[name] ?? '';
  const texts = licence === 'MIT' ? [RQUICKJS_TEXT] : apacheTexts(licence);
  return { name, version, purl: `pkg:cargo/${name}@${version}`, licence, texts };
}

/** Where there is a choice we take Apache-2.0, whose text is the same for all: it stands in two tools of ours. */
function apacheTexts(/** @type {string} */ licence) {
  const tool = licence.includes('LLVM') ? '@bytecodealliance/jco-transpile' : 'componentize-qjs';
  return readTexts(packageFile(tool));
}

function nameOf(/** @type {string} */ crate) {
  return crate.replace(/-\d+\.\d+\.\d+$/, '');
}
