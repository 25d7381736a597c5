import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { assertKernel, assertOwnCode } from '../check/assert-build.mjs';
import { BUNDLED_FOLDER, writeBundledInputs } from './inputs.mjs';
import { realmScripts } from './realm-scripts.mjs';
import { packageFile, root } from '../lib/paths.mjs';
import { hashOf, isDone, isProgramSource, markDone } from '../lib/stamp.mjs';

/**
 * What runs without a window, below out/kernel. Every file is whole in itself: a program of `out/<folder>/`
 * therefore finds the workers at `../kernel/`, be it the application, the command line or the kernel.
 */
const ENTRIES = { 'index.js': 'src-main/kernel/kernel.ts', 'cli.js': 'src-main/cli.ts' };

const TRANSPILE_WORKER = {
  'transpile-worker.js': 'src-main/runtime/component/transpile-worker.ts',
  'transpile-process.js': 'src-main/runtime/component/transpile-process.ts',
};

/** A guest's thread or process takes nothing from node_modules, so that no package's code stands beside a guest. */
const GUEST_WORKER = {
  'guest-worker.js': 'src-main/guest/worker.ts',
  'guest-process.js': 'src-main/guest/process.ts',
};

/** The same in a page, as scripts. */
const GUEST_PAGE = {
  'guest-page.js': 'src-main/guest/page/page.ts',
  'guest-page-worker.js': 'src-main/guest/page/worker.ts',
};

const TRANSPILE_PAGE = {
  'transpile-page-worker.js': 'src-main/runtime/component/transpile-page-worker.ts',
};

/** They start and watch programs, for the kernel and for the tests of what starts programs without one. */
const OS_THREADS = {
  'launcher-thread.js': 'src-main/os/launcher/launcher-thread.ts',
  'tree-thread.js': 'src-main/os/trees/tree-thread.ts',
  'disk-thread.js': 'src-main/os/disk/disk-thread.ts',
};

const OS_OUTPUTS = [
  ...Object.keys(OS_THREADS).map((file) => `out/kernel/${file}`),
  `${BUNDLED_FOLDER}/os-threads.json`,
];

/** What jco's generator reads beside itself when it runs. */
const GENERATOR_FILES = [
  'js-component-bindgen-component.core.wasm',
  'js-component-bindgen-component.core2.wasm',
].map((name) => `@bytecodealliance/jco-transpile/vendor/${name}`);

const OUTPUTS = [
  ...Object.keys({ ...ENTRIES, ...TRANSPILE_WORKER, ...GUEST_WORKER, ...GUEST_PAGE, ...TRANSPILE_PAGE }).map(
    (file) => `out/kernel/${file}`,
  ),
  ...GENERATOR_FILES.map((file) => `out/kernel/${path.basename(file)}`),
  `${BUNDLED_FOLDER}/kernel.json`,
];

/** Bundles kernel, command line and their five threads, when their source has changed. */
export async function bundleKernel() {
  const kernel = await bundleWithoutOs();
  const threads = await bundleOsThreads();
  if (kernel || threads) {
    await assertKernel(root);
  }
  return { worked: kernel || threads };
}

/**
 * Bundles the threads that start and watch programs, when their source has changed.
 * @returns {Promise<boolean>} whether it had
 */
export async function bundleOsThreads() {
  const hash = hashOf(
    [
      'src-main/os',
      'src-main/base',
      'build/bundle/kernel.mjs',
      'build/bundle/inputs.mjs',
      'package-lock.json',
    ],
    isProgramSource,
  );
  if (isDone('os threads', hash, OS_OUTPUTS)) {
    return false;
  }
  const { build } = await import('esbuild');
  const result = await build({ ...withRequire(OS_THREADS), metafile: true });
  writeBundledInputs('os-threads', usedInputs(result));
  markDone('os threads', hash);
  return true;
}

async function bundleWithoutOs() {
  const hash = hashOf(
    [
      'src-main',
      'build/bundle/kernel.mjs',
      'build/bundle/realm-scripts.mjs',
      'build/bundle/inputs.mjs',
      'package.json',
      'package-lock.json',
    ],
    isProgramSource,
  );
  if (isDone('kernel', hash, OUTPUTS)) {
    return false;
  }
  rmSync(path.join(root, 'out', 'kernel'), { recursive: true, force: true });
  const { build } = await import('esbuild');
  const results = await Promise.all(bundles().map((options) => build({ ...options, metafile: true })));
  // The last two.
  assertOwnCode("The guest's worker", results.slice(-2).flatMap(usedInputs));
  copyGeneratorFiles();
  writeBundledInputs('kernel', [
    ...GENERATOR_FILES.map((file) => packageFile(file)),
    ...results.flatMap(usedInputs),
  ]);
  markDone('kernel', hash);
  return true;
}

/**
 * Bundles again at every change, for `npm run dev`.
 * @returns {Promise<() => Promise<void>>} stops watching
 */
export async function watchKernel() {
  const { context } = await import('esbuild');
  copyGeneratorFiles();
  const contexts = await Promise.all(
    [...bundles(), withRequire(OS_THREADS)].map((options) => context(options)),
  );
  await Promise.all(contexts.map((one) => one.watch()));
  return async () => {
    await Promise.all(contexts.map((one) => one.dispose()));
  };
}

function copyGeneratorFiles() {
  mkdirSync(path.join(root, 'out', 'kernel'), { recursive: true });
  for (const file of GENERATOR_FILES) {
    copyFileSync(packageFile(file), path.join(root, 'out', 'kernel', path.basename(file)));
  }
}

/** @returns {string[]} the files of which something is left in the bundles, from the root */
function usedInputs(/** @type {import('esbuild').BuildResult<{metafile: true}>} */ { metafile }) {
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
}

/**
 * jco's generator is a component that imports WASI. It gets the shims made for browsers, which keep files in
 * memory and start no thread: nothing that is transpiled can reach a disk through them.
 * @type {import('esbuild').Plugin}
 */
const generatorWithoutSystem = {
  name: 'generator-without-system',
  setup(build) {
    build.onResolve(
      { filter: /^@bytecodealliance\/preview2-shim\// },
      async ({ path: wanted, pluginData, ...rest }) => {
        if (pluginData === 'ours') {
          return undefined;
        }
        const found = await build.resolve(wanted, { ...rest, pluginData: 'ours' });
        return { ...found, path: found.path.replace(/([\\/])nodejs([\\/][^\\/]+)$/, '$1browser$2') };
      },
    );
  },
};

/** @returns {import('esbuild').BuildOptions[]} */
function bundles() {
  return [
    withRequire(ENTRIES),
    { ...common(TRANSPILE_WORKER), plugins: [generatorWithoutSystem] },
    {
      ...inPage(TRANSPILE_PAGE),
      plugins: [generatorWithoutSystem],
      // A script of its own has no other address; the generator's files lie beside it. Of Node it asks whether it is there.
      define: { 'import.meta.url': 'location.href' },
      external: ['node:fs/promises'],
    },
    { ...common(GUEST_WORKER), plugins: [realmScripts] },
    inPage(GUEST_PAGE),
  ];
}

/** Packages in CommonJS call `require`, which a module has not. */
function withRequire(/** @type {Record<string, string>} */ entries) {
  return {
    ...common(entries),
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  };
}

/**
 * Scripts of a page, for the Chromium of the test Electron.
 * @param {Record<string, string>} entries
 * @returns {import('esbuild').BuildOptions}
 */
function inPage(entries) {
  return { ...common(entries), format: 'iife', platform: 'browser', target: 'chrome130' };
}

/**
 * @param {Record<string, string>} entries
 * @returns {import('esbuild').BuildOptions}
 */
function common(entries) {
  return {
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([out, source]) => ({
      in: source,
      out: out.replace(/\.js$/, ''),
    })),
    outdir: 'out/kernel',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
  };
}
