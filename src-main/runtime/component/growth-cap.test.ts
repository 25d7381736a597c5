import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComponentReader } from '../../capsules/component/reader.ts';
import { readCoreModule } from '../../capsules/component/core-module.ts';
import { capGrowth } from './growth-cap.ts';

const PAGE = 65_536;
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...leb(Math.floor(value / 128))];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

interface Declared {
  readonly minimum: number;
  readonly maximum: number | null;
}

function limits({ minimum, maximum }: Declared): number[] {
  return maximum === null ? [0, ...leb(minimum)] : [1, ...leb(minimum), ...leb(maximum)];
}

/** A module with a table and a memory, exported as `t` and `m`, between custom sections before and after. */
function moduleOf(table: Declared, memory: Declared): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...HEADER,
    ...section(0, [4, ...Buffer.from('note'), 1, 2, 3]),
    ...section(4, [1, 0x70, ...limits(table)]),
    ...section(0, [3, ...Buffer.from('mid')]),
    ...section(5, [1, ...limits(memory)]),
    ...section(7, [2, 1, ...Buffer.from('t'), 1, 0, 1, ...Buffer.from('m'), 2, 0]),
    ...section(0, [3, ...Buffer.from('end')]),
  ]);
}

function capped(
  module: Uint8Array<ArrayBuffer>,
  caps: Partial<{ tables: readonly number[]; memories: readonly number[] }>,
): Uint8Array<ArrayBuffer> {
  const read = readCoreModule(new ComponentReader(module, 0, module.length));
  return capGrowth(module, read, { tables: [], memories: [], ...caps });
}

interface Growing {
  readonly size: () => number;
  readonly grow: (more: number) => unknown;
}

async function made(module: Uint8Array<ArrayBuffer>): Promise<{ table: Growing; memory: Growing }> {
  const { exports } = new WebAssembly.Instance(await WebAssembly.compile(module));
  const table = exports['t'] as { length: number; grow: Growing['grow'] };
  const memory = exports['m'] as { buffer: ArrayBuffer; grow: Growing['grow'] };
  return {
    table: { size: () => table.length, grow: (more) => table.grow(more) },
    memory: { size: () => memory.buffer.byteLength / PAGE, grow: (more) => memory.grow(more) },
  };
}

/** Grows one by one until the engine refuses. */
function growToEnd(growing: Growing): number {
  for (;;) {
    try {
      growing.grow(1);
    } catch {
      return growing.size();
    }
  }
}

const anyDemand = fc
  .record({ minimum: fc.nat(40), more: fc.option(fc.nat(40)), cap: fc.nat(300) })
  .map(({ minimum, more, cap }) => ({
    minimum,
    maximum: more === null ? null : minimum + more,
    cap: minimum + cap,
  }));

describe('a capped module', () => {
  it('is valid, starts with what it declares, and grows to its caps and no further', async () => {
    await fc.assert(
      fc.asyncProperty(anyDemand, anyDemand, async (t, m) => {
        const { table, memory } = await made(capped(moduleOf(t, m), { tables: [t.cap], memories: [m.cap] }));
        expect([table.size(), memory.size()]).toEqual([t.minimum, m.minimum]);
        expect([growToEnd(table), growToEnd(memory)]).toEqual([t.cap, m.cap]);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every other byte', () => {
    const module = moduleOf({ minimum: 0, maximum: 3 }, { minimum: 1, maximum: 2 });
    expect(capped(module, { tables: [3], memories: [2] })).toEqual(module);
    const without = Uint8Array.from([...HEADER, ...section(0, [1, 65])]);
    expect(capped(without, {})).toEqual(without);
  });

  it.each<[string, 'memories' | 'tables', readonly number[], readonly number[], readonly number[]]>([
    [
      'each of its memories',
      'memories',
      section(5, [2, ...[0x00, 1], ...[0x01, 2, ...leb(900)]]),
      [4, 3],
      section(5, [2, ...[0x01, 1, 4], ...[0x01, 2, 3]]),
    ],
    [
      'a memory of any kind: shared, 64-bit, with pages of its own size',
      'memories',
      section(5, [3, ...[0x03, 1, 9], ...[0x04, 1], ...[0x09, 1, 9, 0]]),
      [4, 5, 6],
      section(5, [3, ...[0x03, 1, 4], ...[0x05, 1, 5], ...[0x09, 1, 6, 0]]),
    ],
    [
      'each of its tables, whatever is in them',
      'tables',
      section(4, [4, ...[0x70, 0x00, 1], ...[0x6f, 0x01, 2, 90], ...[0x63, 0x01, 0x04, 3], ...[0x6e, 0, 0]]),
      [4, 5, 6, 0],
      section(4, [
        4,
        ...[0x70, 1, 1, 4],
        ...[0x6f, 1, 2, 5],
        ...[0x63, 0x01, 0x05, 3, 6],
        ...[0x6e, 1, 0, 0],
      ]),
    ],
    [
      'a table that starts with a value, which stays',
      'tables',
      section(4, [2, ...[0x40, 0x00, 0x70, 0x00, 1, 0xd2, 7, 0x0b], ...[0x70, 0x00, 200, 1]]),
      [300, 201],
      section(4, [2, ...[0x40, 0x00, 0x70, 0x01, 1, 172, 2, 0xd2, 7, 0x0b], ...[0x70, 0x01, 200, 1, 201, 1]]),
    ],
  ])('has %s capped', (_what, kind, before, caps, after) => {
    const module = Uint8Array.from([...HEADER, ...before, ...section(10, [0])]);
    expect([...capped(module, { [kind]: caps })]).toEqual([...HEADER, ...after, ...section(10, [0])]);
  });

  it.each(['memories', 'tables'] as const)('with fewer caps than %s is an error, not one without', (kind) => {
    const two = kind === 'memories' ? section(5, [2, 0, 0, 0, 0]) : section(4, [2, 0x70, 0, 0, 0x70, 0, 0]);
    expect(() => capped(Uint8Array.from([...HEADER, ...two]), { [kind]: [1] })).toThrow(RangeError);
  });
});
