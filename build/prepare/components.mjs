import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { StepError } from '../lib/log.mjs';
import { root } from '../lib/paths.mjs';
import { runNode } from '../lib/run.mjs';
import { hashOf, isDone, markDone } from '../lib/stamp.mjs';

/** Each folder in these that has a `capsule.ts` becomes a component in its `build/` folder. */
const COMPONENT_FOLDERS = ['capsules', 'e2e/guests'];

/** What a build leaves behind is no input. */
const isSource = (/** @type {string} */ file) =>
  file.startsWith('build/') || !/\/build\/|\.test\.ts$/.test(file);

/**
 * Builds the example capsules and the guests of the tests. Which of them is stale is known to
 * build-all.mjs; it is not even started when nothing at all has changed.
 */
export async function buildComponents() {
  const hash = hashOf(['wit', 'build/capsule', ...COMPONENT_FOLDERS], isSource);
  if (isDone('components', hash, expectedOutputs())) {
    return {};
  }
  const result = await runNode(['build/capsule/build-all.mjs']);
  if (result.status !== 0) {
    throw new StepError(
      'The components could not be built.',
      'node build/capsule/build-all.mjs',
      result.output,
    );
  }
  markDone('components', hash);
  return { worked: true };
}

function expectedOutputs() {
  return COMPONENT_FOLDERS.filter((folder) => existsSync(path.join(root, folder))).flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => existsSync(path.join(root, folder, name, 'capsule.ts')))
      .map((name) => `${folder}/${name}/build`),
  );
}
