import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startKernel, WORKER_FOLDER } from '../../testing/kernel.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import type { CallOutcome } from '../instance/call-outcome.ts';
import { planComponent } from './planned-component.ts';
import { GuestInstance } from '../instance/instance.ts';
import { TABLE_ENTRIES } from '../limits.ts';
import type { LoadedComponent } from '../guest-process/guest-process.ts';
import { createGuestThreads } from '../guest-process/guest-threads.ts';
import { transpile, type TranspiledComponent } from './transpile.ts';
import { instanceOptions } from '../instance/testing.ts';

const threads = createGuestThreads(join(WORKER_FOLDER, 'guest-worker.js'));
const load = (component: TranspiledComponent, limitBytes: number): Promise<LoadedComponent> =>
  threads.load(planComponent(component, limitBytes));

const PAGE = 65_536;
const LIMIT_PAGES = 1_024;

interface Greedy {
  /** One memory each, as `(memory …)` declares it. */
  readonly memories?: readonly string[];
  /** One table each, as `(table …)` declares it. */
  readonly tables?: readonly string[];
  /** So many instances more take the first table from outside. */
  readonly importers?: number;
  /** What it does once everything is refused its next page or element. */
  readonly finally?: 'unreachable';
}

/**
 * A component whose hook grows all it has to the end, one after the other, and returns the sizes together as the digits of its
 * action. They are written to the first memory, or to one more where it has none.
 */
function greedy({ memories = [], tables = [], importers = 0, finally: end }: Greedy): string {
  const parts = [...memories.map((each) => memoryPart(each)), ...tables.map((each) => tablePart(each))];
  const kinds = [...new Set(parts)];
  const each = (line: (part: string, index: number) => string): string => parts.map(line).join('\n');
  return `(component
    ${kinds.map((part, kind) => `(core module $kind${kind} ${part})`).join('\n')}
    ${each((part, index) => `(core instance $part${index} (instantiate $kind${kinds.indexOf(part)}))`)}
    (core module $taking (import "table" "g" (table 0 funcref)))
    ${`(core instance (instantiate $taking (with "table" (instance $part${memories.length}))))`.repeat(importers)}
    (core module $all
      ${each((_part, index) => `(import "part${index}" "grow" (func $grow${index} (result i32)))`)}
      (func (export "all") (result i32)
        (i32.const 0)
        ${each((_part, index) => `(i32.add (call $grow${index}))`)}
        ${end ?? ''}))
    (core instance $whole (instantiate $all
      ${each((_part, index) => `(with "part${index}" (instance $part${index}))`)}))
    (core module $abi
      (import "all" "all" (func $all (result i32)))
      ${memories.length > 0 ? '(import "memory" "g" (memory 0))' : '(memory 1 1)'}
      (export "memory" (memory 0))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "hook") (param i32 i32 i32 i32) (result i32) (local $rest i32) (local $at i32)
        (local.set $rest (call $all))
        (local.set $at (i32.const 2048))
        (loop $digit
          (local.set $at (i32.sub (local.get $at) (i32.const 1)))
          (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $rest) (i32.const 10))))
          (local.set $rest (i32.div_u (local.get $rest) (i32.const 10)))
          (br_if $digit (local.get $rest)))
        (i32.store (i32.const 0) (local.get $at))
        (i32.store (i32.const 4) (i32.sub (i32.const 2048) (local.get $at)))
        (i32.store8 (i32.const 8) (i32.const 0))
        (i32.const 0)))
    (core instance $abi (instantiate $abi (with "all" (instance $whole))
      ${memories.length > 0 ? '(with "memory" (instance $part0))' : ''}))
    (alias core export $abi "memory" (core memory $memory))
    (alias core export $abi "realloc" (core func $realloc))
    (import "astrid:guest/lifecycle@1.0.0" (instance $guest
      (type $record (record (field "action" string) (field "data" (option string))))
      (export "capsule-result" (type (eq $record)))))
    (alias export $guest "capsule-result" (type $result))
    (func $hook (param "action" string) (param "payload" (list u8)) (result $result)
      (canon lift (core func $abi "hook") (memory $memory) (realloc $realloc)))
    (export "astrid-hook-trigger" (func $hook)))`;
}

function memoryPart(memory: string): string {
  return `(memory (export "g") ${memory})
    (func (export "grow") (result i32)
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (memory.size))`;
}

/** By thousands first, since a million single steps take a second. */
function tablePart(table: string): string {
  const grow = (by: number): string =>
    `(loop $more (br_if $more (i32.ne (table.grow (ref.null func) (i32.const ${by})) (i32.const -1))))`;
  return `(table (export "g") ${table} funcref)
    (func (export "grow") (result i32)
      ${[1_000, 1].map((by) => `(block ${grow(by)})`).join('\n')}
      (table.size))`;
}

const times = (count: number, declared: string): readonly string[] =>
  Array.from({ length: count }, () => declared);

async function compiled(guest: Greedy) {
  const component = await transpile(new Uint8Array(await parse(greedy(guest))), [
    'astrid:guest/lifecycle@1.0.0',
  ]);
  return load(component, LIMIT_PAGES * PAGE);
}

/** The sizes together, in pages or elements. */
async function grown(guest: Greedy): Promise<number> {
  const end = await callGreedy(guest);
  expect(end.kind).toBe('returned');
  return end.kind === 'returned' ? Number((end.value as { readonly action: string }).action) : 0;
}

async function callGreedy(guest: Greedy): Promise<CallOutcome> {
  const instance = new GuestInstance(
    instanceOptions({
      guestProcesses: threads,
      component: await compiled(guest),
      memoryLimitBytes: LIMIT_PAGES * PAGE,
    }),
  );
  onTestFinished(() => instance.terminate());
  return instance.call('astridHookTrigger', ['', new Uint8Array()], { invocation: null, timeoutMs: 10_000 });
}

describe('the memory of a guest', () => {
  it.each<readonly [string, readonly string[]]>([
    ['one memory', ['1']],
    ['a memory that declares all of it', ['1024']],
    ['one module made 24 times', times(24, '1')],
    ['several modules', ['0', '3', '170', ...times(4, '17')]],
    ['one that takes less than its share', ['1 5', '1']],
  ])('is capped for the whole: %s grows to the limit and no further', async (_what, memories) => {
    const pages = await grown({ memories });
    expect(pages).toBeLessThanOrEqual(LIMIT_PAGES);
    // What is left over of even shares is less than a page for each.
    expect(pages).toBeGreaterThan(LIMIT_PAGES - memories.length);
  });

  it.each<readonly [string, readonly string[]]>([
    ['all at once', times(24, '43')],
    ['in one memory beside others', ['1000', '24', '1']],
  ])('is refused when more is declared than the limit: %s', async (_what, memories) => {
    await expect(compiled({ memories })).rejects.toMatchObject({
      code: 'guest-refused-to-start',
      message: expect.stringContaining('bytes of memory'),
    });
  });

  it('may be in 32 parts, not in more', async () => {
    await expect(compiled({ memories: times(32, '0') })).resolves.toBeDefined();
    await expect(compiled({ memories: times(33, '0') })).rejects.toMatchObject({
      code: 'guest-refused-to-start',
      message: expect.stringContaining('33 memories'),
    });
  });

  it.each<readonly [string, readonly string[]]>([
    ['one memory', ['1']],
    ['24 of them', times(24, '1')],
    ['one with room left in another', ['200', '20 20']],
  ])('is why a guest that fills it traps: %s', async (_what, memories) => {
    await expect(callGreedy({ memories, finally: 'unreachable' })).resolves.toMatchObject({
      kind: 'out-of-memory',
    });
  });
});

describe('the tables of a guest', () => {
  it.each<readonly [string, Greedy, number]>([
    ['one table', { tables: ['0'] }, TABLE_ENTRIES],
    ['one that declares all of it', { tables: [`${TABLE_ENTRIES}`] }, TABLE_ENTRIES],
    ['one made 24 times', { tables: times(24, '1') }, TABLE_ENTRIES],
    ['several, one with a maximum', { tables: ['900', '61 61', '0'] }, TABLE_ENTRIES],
    ['one that three instances take', { tables: ['900'], importers: 3 }, TABLE_ENTRIES / 4],
  ])('are capped for the whole: %s grows to the limit and no further', async (_what, guest, limit) => {
    const elements = await grown(guest);
    expect(elements).toBeLessThanOrEqual(limit);
    expect(elements).toBeGreaterThan(limit - (guest.tables ?? []).length);
  });

  it.each<readonly [string, Greedy]>([
    ['ten million in one', { tables: ['10000000'] }],
    ['all at once', { tables: times(24, '43691') }],
    ['one more than all', { tables: [`${TABLE_ENTRIES}`, '1'] }],
    ['more than is left with those that take it', { tables: ['262145'], importers: 3 }],
  ])('are refused when more is declared than the limit: %s', async (_what, guest) => {
    await expect(compiled(guest)).rejects.toMatchObject({
      code: 'guest-refused-to-start',
      message: expect.stringContaining('elements'),
    });
  });

  it('may be 256, not more', async () => {
    await expect(compiled({ tables: times(256, '0') })).resolves.toBeDefined();
    await expect(compiled({ tables: times(257, '0') })).rejects.toMatchObject({
      code: 'guest-refused-to-start',
      message: expect.stringContaining('257 tables'),
    });
  });
});

it('a capsule of many memories is ended at its limit and shown so, and one that declares too much is not installed', async () => {
  const { kernel } = await startKernel();
  const folder = await temporaryFolder();
  const install = async (guest: Greedy): Promise<unknown> => {
    await mkdir(join(folder, 'build'), { recursive: true });
    await writeFile(join(folder, 'build', 'greedy.wasm'), await parse(greedy(guest)));
    await writeFile(
      join(folder, 'Capsule.toml'),
      '[package]\nname = "greedy"\nversion = "1.0.0"\n\n[[component]]\nfile = "build/greedy.wasm"\n',
    );
    return kernel.install(folder, { grants: [] });
  };
  await expect(install({ memories: times(24, '64') })).rejects.toMatchObject({
    code: 'guest-refused-to-start',
  });
  expect(kernel.capsules()).toEqual([]);

  await install({ memories: times(24, '1'), finally: 'unreachable' });
  await expect(kernel.invoke({ capsule: 'greedy', action: '' })).rejects.toMatchObject({
    code: 'guest-out-of-memory',
    message: expect.stringContaining('64 MiB'),
  });
  expect(kernel.capsules()).toMatchObject([{ lastCall: { outcome: 'out-of-memory' } }]);
});
