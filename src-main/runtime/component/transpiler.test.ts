import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { guestFolder } from '../../testing/guests.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { TRANSPILE_TIMEOUT_MS } from '../limits.ts';
import { createTranspiler, type Transpiler } from './transpiler.ts';

/** The guests take some 0.3 s each. Too short on a very slow machine, the test shows less but does not fail. */
const ANSWERED_BY_THEN_MS = 2_000;
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

  it('fail alone also when the generator itself breaks down at one', async () => {
    const { transpiler, component } = await startTranspiler();
    // An encoding that it does not know how to write out.
    const breaking = await parse(`(component
      (import "astrid:sys/host@1.0.0" (instance $sys
        (type $level (enum "trace" "debug" "info" "warn" "error")) (export "log-level" (type $l (eq $level)))
        (export "log" (func (param "level" $l) (param "message" string)))))
      (core module $memory (memory (export "memory") 1))
      (core instance $memory (instantiate $memory))
      (alias core export $memory "memory" (core memory $m))
      (core func $log (canon lower (func $sys "log") (memory $m) string-encoding=latin1+utf16))
      (core module $main (import "sys" "log" (func $log (param i32 i32 i32)))
        (func (export "run") (call $log (i32.const 2) (i32.const 16) (i32.const 5))))
      (core instance $main (instantiate $main (with "sys" (instance (export "log" (func $log))))))
      (func $run (canon lift (core func $main "run"))) (export "run" (func $run)))`);
    for (let round = 0; round < 3; round += 1) {
      await expect(transpiler.transpile(breaking, ['astrid:sys/host@1.0.0'])).rejects.toMatchObject({
        code: 'component-unusable',
      });
    }
    await expect(transpiler.transpile(component, [])).resolves.toBeDefined();
  });

  it('never get each other’s code, also when the answer for one comes too late', async () => {
    const { transpiler, component } = await startTranspiler();
    const other = await readFile(join(guestFolder('spinner'), 'build', 'spinner.wasm'));
    const own = await transpiler.transpile(other, []);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const late = transpiler.transpile(component, []);
    const next = transpiler.transpile(other, []);
    await new Promise((resolve) => setImmediate(resolve));
    // As after the machine slept: the answer lies there unread, and the time is over.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ANSWERED_BY_THEN_MS);
    vi.advanceTimersByTime(TRANSPILE_TIMEOUT_MS);
    await expect(late).rejects.toMatchObject({ code: 'component-unusable' });
    expect((await next).script).toBe(own.script);
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
