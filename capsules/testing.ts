import { fileURLToPath } from 'node:url';
import type { Kernel } from '../src-main/contract/kernel.ts';
import { startKernel } from '../src-main/testing/kernel.ts';

/** One installed capsule in a kernel of its own. */
export interface CapsuleUnderTest {
  readonly kernel: Kernel;
  /** Invokes an action; the answer is parsed, a refusal is `{ refused: reason }`. */
  readonly call: (action: string, payload?: object) => Promise<unknown>;
  /** What the capsule logged so far. */
  readonly logged: () => readonly string[];
}

/**
 * Installs the capsule in `folder` (relative to the project) with all that it asks for; the preparation
 * of a test run has built it. Everything ends and the data is gone when the test is over.
 */
export async function startCapsule(folder: string): Promise<CapsuleUnderTest> {
  const { kernel, events } = await startKernel();
  const { id } = await kernel.install(fileURLToPath(new URL(`../${folder}`, import.meta.url)), {
    grants: 'all',
  });
  return {
    kernel,
    logged: () => events.flatMap((event) => (event.kind === 'guest-log' ? [event.message] : [])),
    call: async (action, payload = {}) => {
      const result = await kernel.invoke({ capsule: id, action, payload: JSON.stringify(payload) });
      return result.refused ? { refused: result.data } : (JSON.parse(result.data ?? 'null') as unknown);
    },
  };
}
