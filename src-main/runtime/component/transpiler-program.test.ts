import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SandboxedChild } from '../../os/child/child.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { until } from '../../os/testing.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { transpileMessage, type TranspileReplyHead } from './transpile-message.ts';
import { readTranspileReply } from './transpile-wire.ts';
import { createTranspilerProgram } from './transpiler-program.ts';
import { component, describeSingleUse, type Started } from './testing.ts';

const spawner = new SandboxSpawner(WORKER_FOLDER);
afterAll(() => spawner.dispose());

const BESIDE = ['js-component-bindgen-component.core.wasm', 'js-component-bindgen-component.core2.wasm'].map(
  (name) => join(WORKER_FOLDER, name),
);

function startProgram(file = join(WORKER_FOLDER, 'transpile-process.js')): Started {
  const children: SandboxedChild[] = [];
  const transpiler = createTranspilerProgram({
    file,
    beside: BESIDE,
    async spawnOwn(program) {
      const child = await spawner.spawnOwn(program);
      children.push(child);
      return child;
    },
  });
  onTestFinished(async () => {
    await transpiler.dispose();
    await until(() => children.every(({ ended }) => ended));
  });
  return { transpiler, processes: children };
}

describeSingleUse('a process of its own', () => startProgram());

describe('a component that is transpiled in a process of its own', () => {
  it.each([
    ['says nothing', '', 'exited unexpectedly'],
    ['says too little', `write(Uint8Array.of(9, 0, 0, 0, 1))`, 'no readable head'],
    ['never stops', `for (;;) write(new Uint8Array(1 << 20))`, 'cannot be read'],
    ['fills its heap', `const all = []; for (;;) all.push(new Array(1e6).fill({}))`, 'more memory'],
  ])(
    'is not believed in when its process %s',
    async (_what, script, words) => {
      const file = join(await temporaryFolder(), 'taken-over.mjs');
      await writeFile(
        file,
        `import { writeSync } from 'node:fs'; const write = (bytes) => writeSync(1, bytes); ${script};`,
      );
      const { transpiler } = startProgram(file);
      await expect(transpiler.transpile(component, [])).rejects.toMatchObject({
        code: 'component-unusable',
        message: expect.stringContaining(words),
      });
    },
    60_000,
  );
});

describe('the answer of a transpiler’s process', () => {
  const good = {
    ok: true as const,
    imports: ['a:b/c'],
    exports: ['run'],
    scriptBytes: 3,
    modules: [{ name: 'component.core.wasm', bytes: 2 }],
  };
  const message = (head: object, ...bytes: readonly number[]): Buffer =>
    Buffer.from(transpileMessage(head as TranspileReplyHead, Uint8Array.from(bytes)));
  const read = (bytes: Buffer): unknown => readTranspileReply(bytes, ['a:b/c']);

  it('is read', () => {
    expect(read(message(good, 97, 98, 99, 1, 2))).toEqual({
      ok: true,
      result: {
        script: 'abc',
        modules: new Map([['component.core.wasm', Uint8Array.of(1, 2)]]),
        imports: ['a:b/c'],
        exports: ['run'],
      },
    });
    expect(read(message({ ok: false, message: 'no' }))).toEqual({ ok: false, message: 'no' });
  });

  const named = (name: string): object => ({ ...good, modules: [{ name, bytes: 2 }] });
  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a head that is longer than it', Buffer.from([0xff, 0xff, 0xff, 0xff, 123])],
    ['no JSON', message({}, 1).subarray(0, 5)],
    ['another kind of head', message({ ok: 1 })],
    ['parts that are too short', message(good, 97, 98, 99, 1)],
    ['parts that are too long', message(good, 97, 98, 99, 1, 2, 3)],
    ['a negative size', message({ ...good, scriptBytes: -1 }, 1)],
    ['a size without end', message({ ...good, scriptBytes: 1e300 }, 1)],
    ['a module outside of its folder', message(named('../../x.wasm'), 97, 98, 99, 1, 2)],
    ['a module with a path', message(named('/tmp/x.wasm'), 97, 98, 99, 1, 2)],
    ['a module that is the index', message(named('index.json'), 97, 98, 99, 1, 2)],
    ['a hidden module', message(named('.wasm'), 97, 98, 99, 1, 2)],
    [
      'two modules of one name',
      message({ ...good, scriptBytes: 1, modules: [...good.modules, ...good.modules] }, 97, 1, 2, 1, 2),
    ],
    ['an import that the component has not', message({ ...good, imports: ['x:y/z'] }, 97, 98, 99, 1, 2)],
  ])('is refused when it is %s', (_what, bytes) => {
    expect(() => read(bytes)).toThrow(/^(it|its) /);
  });

  it('is read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          read(Buffer.from(bytes));
        } catch (error) {
          expect((error as Error).name).toBe('FrameError');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
