import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guestFolder } from '../../testing/guests.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { createTranspiler, type Transpiler } from './transpiler.ts';

const NO_COMPONENT = Buffer.from('no component');

async function startTranspiler(): Promise<{
  readonly transpiler: Transpiler;
  readonly component: Uint8Array;
}> {
  const transpiler = createTranspiler(join(WORKER_FOLDER, 'transpile-worker.js'));
  onTestFinished(() => transpiler.dispose());
  const component = await readFile(join(guestFolder('trap'), 'build', 'trap.wasm'));
  return { transpiler, component };
}

describe('components that are transpiled at once', () => {
  it('fail alone', async () => {
    const { transpiler, component } = await startTranspiler();
    const ends = await Promise.allSettled([
      transpiler.transpile(NO_COMPONENT, []),
      transpiler.transpile(component, []),
      transpiler.transpile(NO_COMPONENT, []),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(ends[0]).toMatchObject({ reason: { code: 'component-unusable' } });
  });

  it('all fail when the transpiler ends, and none begins afterwards', async () => {
    const { transpiler, component } = await startTranspiler();
    const both = [transpiler.transpile(component, []), transpiler.transpile(component, [])];
    const ends = Promise.allSettled(both);
    await transpiler.dispose();
    for (const end of [
      ...(await ends),
      ...(await Promise.allSettled([transpiler.transpile(component, [])])),
    ]) {
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'component-unusable' } });
    }
  });
});
