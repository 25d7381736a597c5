import { StepError } from '../lib/log.mjs';
import { runNode } from '../lib/run.mjs';
import { hashOf, isDone, markDone } from '../lib/stamp.mjs';

/** Writes the TypeScript types of the host interfaces from wit/, when wit/ or the generator has changed. */
export async function generateWitTypes() {
  const hash = hashOf(['wit', 'build/wit']);
  if (isDone('wit-types', hash, ['src-main/host/generated'])) {
    return {};
  }
  const result = await runNode(['build/wit/generate.mjs']);
  if (result.status !== 0) {
    throw new StepError(
      'The types of the host interfaces could not be generated from wit/.',
      'node build/wit/generate.mjs',
      result.output,
    );
  }
  markDone('wit-types', hash);
  return { worked: true };
}
