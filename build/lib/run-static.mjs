import { seconds } from './log.mjs';
import { runNode } from './run.mjs';

/** Two cores are what we count on everywhere. */
const AT_ONCE = 2;

/**
 * Runs checks, a few at a time, and prints what the failing ones say.
 * @param {readonly import('../steps.mjs').StaticStep[]} steps
 * @returns {Promise<import('./summary.mjs').StepResult[]>} in the order of the list
 */
export async function runStatic(steps) {
  /** @type {import('./summary.mjs').StepResult[]} */
  const results = [];
  const waiting = [...steps.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, step] = next;
      results[index] = await runOne(step);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function runOne(/** @type {import('../steps.mjs').StaticStep} */ { name, args, fix }) {
  const started = performance.now();
  const { status, output } = await runNode(args);
  const time = performance.now() - started;
  if (status === 0) {
    process.stdout.write(`ok   ${name}  ${seconds(time)}\n`);
  } else {
    process.stdout.write(`FAIL ${name}  ${seconds(time)}\n${output.trimEnd()}\ntype:  ${fix}\n`);
  }
  return { name, passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, time };
}
