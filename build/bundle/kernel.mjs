import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { assertKernel, assertOwnCode } from '../check/assert-build.mjs';
import { BUNDLED_FOLDER, writeBundledInputs } from './inputs.mjs';
import { packageFile, root } from '../lib/paths.mjs';
import { hashOf, isDone, isProgramSource, markDone } from '../lib/stamp.mjs';

/**
 * What runs without a window, below out/kernel. Every file is whole in itself: a program of `out/<folder>/`
 * therefore finds the workers at `../kernel/`, be it the application, the command line or the kernel.
 */
const ENTRIES = { 'index.js': 'src-main/kernel/kernel.ts', 'cli.js': 'src-main/cli.ts' };

const TRANSPILE_WORKER = { 'transpile-worker.js': 'src-main/runtime/component/transpile-worker.ts' };

/** The guest's worker takes nothing from node_modules, so that no package's code stands beside a guest. */
const GUEST_WORKER = { 'guest-worker.js': 'src-main/guest/worker.ts' };

/** Starts programs, for the kernel and for the tests of what starts programs without one. */
const LAUNCHER_THREAD = { 'launcher-thread.js': 'src-main/os/launcher/launcher-thread.ts' };

const LAUNCHER_OUTPUTS = ['out/kernel/launcher-thread.js', `${BUNDLED_FOLDER}/launcher.json`];

/** What jco's generator reads beside itself when it runs. */
const GENERATOR_FILES = [
  'js-component-bindgen-component.core.wasm',
  'js-component-bindgen-component.core2.wasm',
].map((name) => `@bytecodealliance/jco-transpile/vendor/${name}`);

const OUTPUTS = [
  ...Object.keys({ ...ENTRIES, ...TRANSPILE_WORKER, ...GUEST_WORKER }).map((file) => `out/kernel/${file}`),
  ...GENERATOR_FILES.map((file) => `out/kernel/${path.basename(file)}`),
  `${BUNDLED_FOLDER}/kernel.json`,
];

/** Bundles kernel, command line and their three threads, when their source has changed. */
export async function bundleKernel() {
  const kernel = await bundleWithoutLauncher();
  const launcher = await bundleLauncher();
  if (kernel || launcher) {
    await assertKernel(root);
  }
  return { worked: kernel || launcher };
}

/**
 * Bundles the thread that starts programs, when its source has changed.
 * @returns {Promise<boolean>} whether it had
 */
export async function bundleLauncher() {
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
  if (isDone('launcher', hash, LAUNCHER_OUTPUTS)) {
    return false;
  }
  const { build } = await import('esbuild');
  const result = await build({ ...withRequire(LAUNCHER_THREAD), metafile: true });
  writeBundledInputs('launcher', usedInputs(result));
  markDone('launcher', hash);
  return true;
}

async function bundleWithoutLauncher() {
  const hash = hashOf(
    ['src-main', 'build/bundle/kernel.mjs', 'build/bundle/inputs.mjs', 'package.json', 'package-lock.json'],
    isProgramSource,
  );
  if (isDone('kernel', hash, OUTPUTS)) {
    return false;
  }
  rmSync(path.join(root, 'out', 'kernel'), { recursive: true, force: true });
  const { build } = await import('esbuild');
  const results = await Promise.all(bundles().map((options) => build({ ...options, metafile: true })));
  // The last of them.
  assertOwnCode("The guest's worker", results.slice(-1).flatMap(usedInputs));
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
    [...bundles(), withRequire(LAUNCHER_THREAD)].map((options) => context(options)),
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
    common(GUEST_WORKER),
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
