import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { BUNDLED_CAPSULES } from '../bundle/bundled-capsules.mjs';

/**
 * What our part of a package may weigh beside Electron: a program kept open all day should cost little more than
 * the browser it is made of.
 */
export const BUDGET = { installed: 40e6, compressed: 15e6 };

/** The files of Electron itself on Linux, by the names that electron-builder leaves them. */
const ELECTRON = [
  'LICENSE.electron.txt',
  'LICENSES.chromium.html',
  'chrome-sandbox',
  'chrome_100_percent.pak',
  'chrome_200_percent.pak',
  'chrome_crashpad_handler',
  'icudtl.dat',
  'libEGL.so',
  'libGLESv2.so',
  'libffmpeg.so',
  'libvk_swiftshader.so',
  'libvulkan.so.1',
  'locales/en-US.pak',
  'resources.pak',
  'snapshot_blob.bin',
  'v8_context_snapshot.bin',
  'version',
  'vk_swiftshader_icd.json',
];

/** The program itself is Electron's, renamed. */
const PROGRAM = 'capsule-desktop';

const OURS = [
  'resources/THIRD-PARTY-NOTICES.txt',
  'resources/app.asar',
  'resources/app-update.yml',
  'resources/apparmor-profile',
  'resources/package-type',
  'resources/sbom.cdx.json',
];

/** What the archive holds. A file that matches nothing here has no business in it. */
const ARCHIVE = [
  /^package\.json$/,
  new RegExp(`^capsules/(${BUNDLED_CAPSULES.join('|')})/build/\\1\\.capsule$`),
  /^out\/main\/[\w.-]+\.js$/,
  /^out\/preload\/(index|guest)\.cjs$/,
  /^out\/kernel\/(index|guest-page|guest-page-worker|launcher-thread|transpile-page-worker|tree-thread|disk-thread)\.js$/,
  /^out\/kernel\/js-component-bindgen-component\.core2?\.wasm$/,
  /^out\/renderer\/index\.html$/,
  /^out\/renderer\/assets\/[\w-]+\.(js|css)$/,
];

/** Without one of these the program would start and fail later. */
const NEEDED = [
  'package.json',
  'out/main/index.js',
  'out/preload/index.cjs',
  'out/preload/guest.cjs',
  'out/renderer/index.html',
  ...[
    'index',
    'guest-page',
    'guest-page-worker',
    'launcher-thread',
    'transpile-page-worker',
    'tree-thread',
    'disk-thread',
  ].map((file) => `out/kernel/${file}.js`),
  ...['core', 'core2'].map((part) => `out/kernel/js-component-bindgen-component.${part}.wasm`),
  ...BUNDLED_CAPSULES.map((name) => `capsules/${name}/build/${name}.capsule`),
];

/**
 * @param {string[]} files of the archive, from its root
 * @returns {string[]} one line for each file that should not be there or is missing
 */
export function archiveProblems(files) {
  return [
    ...files
      .filter((file) => !ARCHIVE.some((pattern) => pattern.test(file)))
      .map((file) => `app.asar: ${file} is not expected`),
    ...NEEDED.filter((file) => !files.includes(file)).map((file) => `app.asar: nothing is ${file}`),
  ];
}

/**
 * @param {string[]} files of the installed folder, from its root
 * @returns {string[]} the same for the folder
 */
export function folderProblems(files) {
  const known = [...ELECTRON, PROGRAM, ...OURS];
  return [
    ...files.filter((file) => !known.includes(file)).map((file) => `${file} is not expected`),
    ...known.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
  ];
}

/**
 * What our part of a package weighs, in bytes.
 * @param {string} folder unpacked
 * @returns {Promise<{installed: number, compressed: number}>} `compressed`: as the installer's own xz would
 */
export async function ourSize(folder) {
  const { run } = await import('../lib/run.mjs');
  const ours = OURS.map((file) => path.join(folder, file));
  const installed = ours.reduce((sum, file) => sum + statSync(file).size, 0);
  const { stdout } = await run('sh', ['-c', 'cat "$@" | xz -T0 -c | wc -c', 'sh', ...ours]);
  return { installed, compressed: Number(stdout) };
}

/** @returns {string[]} every file below a folder, from it, with `/` */
export function filesBelow(/** @type {string} */ folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

/** @returns {Promise<string[]>} every file of an asar archive, from its root */
export async function filesOfArchive(/** @type {string} */ archive) {
  const { listPackage, statFile } = await import('@electron/asar');
  return listPackage(archive, { isPack: false })
    .map((name) =>
      name
        .replace(/^[\\/]/, '')
        .split(path.sep)
        .join('/'),
    )
    .filter((name) => !('files' in statFile(archive, name)));
}

/** @returns {Promise<Record<string, unknown>>} the package.json inside an archive */
export async function manifestOf(/** @type {string} */ archive) {
  const { extractFile } = await import('@electron/asar');
  return JSON.parse(extractFile(archive, 'package.json').toString('utf8'));
}
