import { setImmediate as nextTurn } from 'node:timers/promises';
import { EXIT_DRAIN_MS, EXIT_DRAIN_TURNS } from '../limits.ts';
import type { ProcessOutput } from './process-output.ts';

/**
 * Takes in what the pipes of an ended program still hold. What a process of another sandbox writes into them much later is
 * not waited for.
 */
export async function drainPipes(outputs: readonly ProcessOutput[]): Promise<void> {
  const ends = Promise.all(outputs.map((output) => output.finish())).then(() => true);
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), EXIT_DRAIN_MS);
  });
  const allEnded = await Promise.race([ends, patience]);
  clearTimeout(timer);
  if (!allEnded) {
    await takeWhatIsThere(outputs);
  }
}

/** A thread that was held up runs its timers before it looks at its pipes: only a whole turn without a byte says that they are empty. */
async function takeWhatIsThere(outputs: readonly ProcessOutput[]): Promise<void> {
  const count = (): number => outputs.reduce((sum, { view }) => sum + view.produced, 0);
  let before = -1;
  for (let turn = 0; turn < EXIT_DRAIN_TURNS && count() > before; turn += 1) {
    before = count();
    await nextTurn();
  }
}
