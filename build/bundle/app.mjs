import { rmSync } from 'node:fs';
import path from 'node:path';
import { assertApp } from '../check/assert-build.mjs';
import { BUNDLED_FOLDER } from './inputs.mjs';
import { StepError } from '../lib/log.mjs';
import { packageFile, root } from '../lib/paths.mjs';
import { runNode } from '../lib/run.mjs';
import { hashOf, isDone, isProgramSource, markDone } from '../lib/stamp.mjs';

const INPUTS = [
  'src-main',
  'src-renderer',
  'electron.vite.config.ts',
  'build/bundle/inputs.mjs',
  'build/bundle/bundled-capsules.mjs',
  'package.json',
  'package-lock.json',
];

/** electron-vite empties none of these itself, see electron.vite.config.ts. */
const FOLDERS = ['out/main', 'out/preload', 'out/renderer'];

const OUTPUTS = [
  'out/main/index.js',
  'out/preload/index.cjs',
  'out/preload/guest.cjs',
  'out/renderer/index.html',
  ...['main', 'preload', 'renderer'].map((name) => `${BUNDLED_FOLDER}/${name}.json`),
];

/** Builds main process, preload and window, when their source has changed. */
export async function buildApp() {
  const hash = hashOf(INPUTS, isProgramSource);
  if (isDone('application', hash, OUTPUTS)) {
    return {};
  }
  for (const folder of FOLDERS) {
    rmSync(path.join(root, folder), { recursive: true, force: true });
  }
  const result = await runNode([packageFile('electron-vite/bin/electron-vite.js'), 'build']);
  if (result.status !== 0) {
    throw new StepError('The application could not be built.', 'npm run build', result.output);
  }
  await assertApp(root);
  markDone('application', hash);
  return { worked: true };
}
