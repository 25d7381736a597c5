import { rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/paths.mjs';
import { hashOf, isDone, isProgramSource, markDone } from './lib/stamp.mjs';
import { assertKernel } from './assert-build.mjs';

/**
 * What runs without a window, below out/kernel. Every file is whole in itself: a program of `out/<folder>/`
 * therefore finds the workers at `../kernel/`, be it the application, the command line or the kernel.
 */
const ENTRIES = {
  'index.js': 'src-main/kernel.ts',
  'cli.js': 'src-main/cli.ts',
  'transpile-worker.js': 'src-main/runtime/transpile-worker.ts',
};

/** The guest's worker takes nothing from node_modules, so that no package's code stands beside a guest. */
const GUEST_WORKER = { 'guest-worker.js': 'src-main/guest/worker.ts' };

const OUTPUTS = [...Object.keys(ENTRIES), ...Object.keys(GUEST_WORKER)].map((file) => `out/kernel/${file}`);

/** Bundles kernel, command line and the two workers, when their source has changed. */
export async function bundleKernel() {
  const hash = hashOf(
    ['src-main', 'build/bundle-kernel.mjs', 'package.json', 'package-lock.json'],
    isProgramSource,
  );
  if (isDone('kernel', hash, OUTPUTS)) {
    return {};
  }
  rmSync(path.join(root, 'out', 'kernel'), { recursive: true, force: true });
  const { build } = await import('esbuild');
  await Promise.all(bundles().map((options) => build(options)));
  await assertKernel(root);
  markDone('kernel', hash);
  return { worked: true };
}

/**
 * Bundles again at every change, for `npm run dev`.
 * @returns {Promise<() => Promise<void>>} stops watching
 */
export async function watchKernel() {
  const { context } = await import('esbuild');
  const contexts = await Promise.all(bundles().map((options) => context(options)));
  await Promise.all(contexts.map((one) => one.watch()));
  return async () => {
    await Promise.all(contexts.map((one) => one.dispose()));
  };
}

/** @returns {import('esbuild').BuildOptions[]} */
function bundles() {
  return [
    { ...common(ENTRIES), packages: 'external' },
    { ...common(GUEST_WORKER), packages: 'bundle' },
  ];
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
