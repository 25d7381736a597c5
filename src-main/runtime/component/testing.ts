import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../os/testing.ts';
import { guestFolder } from '../../testing/guests.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { createTranspiler, type Transpiler } from './transpiler.ts';

export const component = new Uint8Array(await readFile(join(guestFolder('trap'), 'build', 'trap.wasm')));

/** A transpiler, and the processes that were started for it. */
export interface Started {
  readonly transpiler: Transpiler;
  readonly processes: readonly { kill(): void }[];
}

/** That each component is transpiled in a process of its own. */
export function describeSingleUse(kind: string, start: () => Started): void {
  describe(`a component that is transpiled in ${kind}`, () => {
    it('becomes the same as in a thread', async () => {
      const thread = createTranspiler(join(WORKER_FOLDER, 'transpile-worker.js'));
      onTestFinished(() => thread.dispose());
      const { transpiler } = start();
      await expect(transpiler.transpile(component, [])).resolves.toEqual(
        await thread.transpile(component, []),
      );
    });

    it('fails alone, with its reason', async () => {
      const { transpiler, processes } = start();
      const ends = await Promise.allSettled([
        transpiler.transpile(Buffer.from('no component'), []),
        transpiler.transpile(component, []),
      ]);
      expect(ends).toMatchObject([
        { status: 'rejected', reason: { code: 'component-unusable' } },
        { status: 'fulfilled' },
      ]);
      expect(processes).toHaveLength(2);
    });

    it('fails when its process is killed, and the next does not', async () => {
      const { transpiler, processes } = start();
      const first = transpiler.transpile(component, []);
      const second = transpiler.transpile(component, []);
      await until(() => processes.length === 1);
      processes[0]?.kill();
      await expect(first).rejects.toMatchObject({
        code: 'component-unusable',
        message: expect.stringContaining('the transpiler exited unexpectedly'),
      });
      await expect(second).resolves.toBeDefined();
    });

    it('fails when the transpiler ends, and none begins afterwards', async () => {
      const { transpiler } = start();
      const under = transpiler.transpile(component, []).catch((error: unknown) => error);
      await transpiler.dispose();
      await expect(under).resolves.toMatchObject({ code: 'component-unusable' });
      await expect(transpiler.transpile(component, [])).rejects.toMatchObject({ code: 'component-unusable' });
    });
  });
}
