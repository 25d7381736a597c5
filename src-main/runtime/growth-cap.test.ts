import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capMemories, declaredMemories } from './memory-cap.ts';

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

function memoryType({ minimum, maximum }: Declared): number[] {
  return maximum === null ? [0, ...leb(minimum)] : [1, ...leb(minimum), ...leb(maximum)];
}

/** A module with one memory, exported as `m`, between a custom section before and after. */
function moduleOf(declared: Declared): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...HEADER,
    ...section(0, [4, ...Buffer.from('note'), 1, 2, 3]),
    ...section(5, [1, ...memoryType(declared)]),
    ...section(7, [1, 1, ...Buffer.from('m'), 2, 0]),
    ...section(0, [3, ...Buffer.from('end')]),
  ]);
}

interface GrowingMemory {
  readonly buffer: ArrayBuffer;
  readonly grow: (pages: number) => number;
}

async function memoryOf(module: Uint8Array<ArrayBuffer>): Promise<GrowingMemory> {
  const instance = new WebAssembly.Instance(await WebAssembly.compile(module));
  return instance.exports['m'] as GrowingMemory;
}

/** Grows page by page until the engine refuses. */
function growToEnd(memory: GrowingMemory): number {
  for (;;) {
    try {
      memory.grow(1);
    } catch {
      return memory.buffer.byteLength / PAGE;
    }
  }
}

const anyMemory = fc
  .record({ minimum: fc.nat(40), more: fc.option(fc.nat(40)), cap: fc.nat(300) })
  .map(({ minimum, more, cap }) => ({
    minimum,
    maximum: more === null ? null : minimum + more,
    cap: minimum + cap,
  }));

describe('a capped module', () => {
  it('is valid, starts with what it declares, and grows to its cap and no further', async () => {
    await fc.assert(
      fc.asyncProperty(anyMemory, async ({ minimum, maximum, cap }) => {
        const memory = await memoryOf(capMemories(moduleOf({ minimum, maximum }), [cap]));
        expect(memory.buffer.byteLength).toBe(minimum * PAGE);
        expect(growToEnd(memory)).toBe(cap);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every other byte', () => {
    const module = moduleOf({ minimum: 1, maximum: 2 });
    expect(capMemories(module, [2])).toEqual(module);
    const without = Uint8Array.from([...HEADER, ...section(0, [1, 65])]);
    expect(capMemories(without, [])).toEqual(without);
  });

  it('has each of its memories capped', () => {
    const two = [
      2,
      ...memoryType({ minimum: 1, maximum: null }),
      ...memoryType({ minimum: 2, maximum: 900 }),
    ];
    const capped = capMemories(Uint8Array.from([...HEADER, ...section(5, two)]), [4, 3]);
    const expected = [
      2,
      ...memoryType({ minimum: 1, maximum: 4 }),
      ...memoryType({ minimum: 2, maximum: 3 }),
    ];
    expect([...capped]).toEqual([...HEADER, ...section(5, expected)]);
  });

  it('keeps the kind of a memory: shared, 64-bit, with pages of its own size', () => {
    const kinds = [3, ...[0x03, 1, 9], ...[0x04, 1], ...[0x09, 1, 9, 0]];
    const capped = capMemories(Uint8Array.from([...HEADER, ...section(5, kinds)]), [4, 5, 6]);
    expect([...capped]).toEqual([
      ...HEADER,
      ...section(5, [3, ...[0x03, 1, 4], ...[0x05, 1, 5], ...[0x09, 1, 6, 0]]),
    ]);
  });

  it('with fewer caps than memories is an error, not one memory without', () => {
    const two = [
      2,
      ...memoryType({ minimum: 0, maximum: null }),
      ...memoryType({ minimum: 0, maximum: null }),
    ];
    expect(() => capMemories(Uint8Array.from([...HEADER, ...section(5, two)]), [1])).toThrow(RangeError);
  });
});

describe('what a module declares', () => {
  it.each([
    ['nothing', section(0, [1, 65]), []],
    ['no maximum', section(5, [1, 0x00, 3]), [{ minimum: 3, maximum: null }]],
    ['a maximum', section(5, [1, 0x01, 3, 9]), [{ minimum: 3, maximum: 9 }]],
    [
      'several memories of every kind',
      section(5, [3, ...[0x03, 1, 9], ...[0x04, 2], ...[0x09, 4, 8, 0]]),
      [
        { minimum: 1, maximum: 9 },
        { minimum: 2, maximum: null },
        { minimum: 4, maximum: 8 },
      ],
    ],
    [
      'a 64-bit number of pages',
      section(5, [1, 0x04, ...Array.from({ length: 9 }, () => 0xff), 0x01]),
      [{ minimum: 2 ** 64, maximum: null }],
    ],
  ])('is read: %s', (_what, bytes, memories) => {
    expect(declaredMemories(Uint8Array.from([...HEADER, ...bytes]))).toEqual(memories);
  });

  it.each([
    ['ends in the middle of a section', [5, 3, 1]],
    ['has a number without end', [5, 200, 1, 1, 0x00, ...Array.from({ length: 200 }, () => 0x80), 0x01]],
  ])('is an error, not an endless loop, when the module %s', (_what, bytes) => {
    expect(() => declaredMemories(Uint8Array.from([...HEADER, ...bytes]))).toThrow(RangeError);
  });
});
