import { parse } from '@bytecodealliance/jco';
import { describe, expect, it, onTestFinished } from 'vitest';
import { planComponent } from '../component/planned-component.ts';
import { transpile } from '../component/transpile.ts';
import { guestKinds } from '../guest-process/testing/kinds.ts';
import { GuestInstance } from './instance.ts';
import { instanceOptions } from './testing.ts';

const PAGES = 64;
const LIMIT_BYTES = PAGES * 65_536;

describe.each(guestKinds())('a guest in %s whose memory is full', (_kind, guests) => {
  it.each([
    ['divides by zero', '(drop (i32.div_u (i32.const 1) (i32.const 0)))', 'trapped'],
    ['takes the rest of it', '(drop (i32.rem_s (i32.const 1) (i32.const 0)))', 'trapped'],
    ['rounds what is no number', '(drop (i32.trunc_f32_s (f32.const nan)))', 'trapped'],
    ['calls what is not there', '(call_indirect $t (i32.const 0))', 'trapped'],
    ['calls itself without end', '(call $run)', 'trapped'],
    ['gives up, as an allocator does', '(unreachable)', 'out-of-memory'],
    ['reads beyond it', '(drop (i32.load (i32.const -1)))', 'out-of-memory'],
  ])('and that %s is told what it died of', async (_what, body, kind) => {
    const bytes =
      await parse(`(component (core module $m (table $t 1 funcref) (memory (export "memory") 1 ${String(PAGES)})
      (func $run (export "run") (drop (memory.grow (i32.const ${String(PAGES - 1)}))) ${body}))
      (core instance $i (instantiate $m)) (func $run (canon lift (core func $i "run"))) (export "run" (func $run)))`);
    const component = await guests.load(planComponent(await transpile(bytes, []), LIMIT_BYTES));
    const instance = new GuestInstance(
      instanceOptions({ guestProcesses: guests, component, memoryLimitBytes: LIMIT_BYTES }),
    );
    onTestFinished(() => instance.terminate());
    await expect(instance.call('run', [], { invocation: null })).resolves.toMatchObject({ kind });
  });
});
