import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Kernel } from '../src-main/contract/kernel.ts';
import { createKernel } from '../src-main/kernel.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** One installed capsule in a kernel of its own. */
export interface CapsuleUnderTest {
  readonly kernel: Kernel;
  /** Invokes an action; the answer is parsed, a refusal is `{ refused: reason }`. */
  readonly call: (action: string, payload?: object) => Promise<unknown>;
  /** What the capsule logged so far. */
  readonly logged: readonly string[];
}

/**
 * Installs the capsule in `folder` (relative to the project) with all that it asks for; the preparation
 * of a test run has built it. Everything ends and the data is gone when the test is over.
 */
export async function startCapsule(folder: string): Promise<CapsuleUnderTest> {
  const dataDir = await mkdtemp(join(tmpdir(), 'capsule-test-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const kernel = await createKernel({
    dataDir,
    version: '0.0.0',
    electronVersion: null,
    workerFolder: join(ROOT, 'out', 'kernel'),
  });
  onTestFinished(() => kernel.dispose());
  const logged: string[] = [];
  kernel.subscribe((event) => {
    if (event.kind === 'guest-log') {
      logged.push(event.message);
    }
  });
  const { id } = await kernel.install(join(ROOT, folder), { grants: 'all' });
  return {
    kernel,
    logged,
    call: async (action, payload = {}) => {
      const result = await kernel.invoke({ capsule: id, action, payload: JSON.stringify(payload) });
      return result.refused ? { refused: result.data } : (JSON.parse(result.data ?? 'null') as unknown);
    },
  };
}
