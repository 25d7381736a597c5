import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capMemories, MemoryDeclaredTooLarge } from './memory-cap.ts';

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
  .record({ minimum: fc.nat(40), more: fc.option(fc.nat(40)), limit: fc.nat(60) })
  .map(({ minimum, more, limit }) => ({
    minimum,
    maximum: more === null ? null : minimum + more,
    limit,
  }));

describe('a capped module', () => {
  it('is valid, starts with what it declares, and grows to the limit or its own maximum and no further', async () => {
    await fc.assert(
      fc.asyncProperty(anyMemory, async ({ minimum, maximum, limit }) => {
        fc.pre(minimum <= limit);
        const memory = await memoryOf(capMemories(moduleOf({ minimum, maximum }), limit * PAGE));
        expect(memory.buffer.byteLength).toBe(minimum * PAGE);
        expect(growToEnd(memory)).toBe(Math.min(maximum ?? limit, limit));
      }),
      { numRuns: 60 },
    );
  });

  it('is refused when it declares more than the limit at once', () => {
    fc.assert(
      fc.property(anyMemory, ({ minimum, maximum, limit }) => {
        fc.pre(minimum > limit);
        expect(() => capMemories(moduleOf({ minimum, maximum }), limit * PAGE)).toThrow(
          MemoryDeclaredTooLarge,
        );
      }),
    );
  });

  it('keeps every other byte', () => {
    const module = moduleOf({ minimum: 1, maximum: 2 });
    expect(capMemories(module, 2 * PAGE)).toEqual(module);
    const without = Uint8Array.from([...HEADER, ...section(0, [1, 65])]);
    expect(capMemories(without, PAGE)).toEqual(without);
  });

  it('counts whole pages only', async () => {
    const memory = await memoryOf(capMemories(moduleOf({ minimum: 0, maximum: null }), 3 * PAGE - 1));
    expect(growToEnd(memory)).toBe(2);
  });

  it('has each of its memories capped', () => {
    const two = [
      2,
      ...memoryType({ minimum: 1, maximum: null }),
      ...memoryType({ minimum: 2, maximum: 900 }),
    ];
    const capped = capMemories(Uint8Array.from([...HEADER, ...section(5, two)]), 4 * PAGE);
    const expected = [
      2,
      ...memoryType({ minimum: 1, maximum: 4 }),
      ...memoryType({ minimum: 2, maximum: 4 }),
    ];
    expect([...capped]).toEqual([...HEADER, ...section(5, expected)]);
  });

  it('keeps the kind of a memory: shared, 64-bit, with pages of its own size', () => {
    const kinds = [3, ...[0x03, 1, 9], ...[0x04, 1], ...[0x09, 1, 9, 0]];
    const capped = capMemories(Uint8Array.from([...HEADER, ...section(5, kinds)]), 4 * PAGE);
    expect([...capped]).toEqual([
      ...HEADER,
      ...section(5, [3, ...[0x03, 1, 4], ...[0x05, 1, 4], ...[0x09, 1, 4, 0]]),
    ]);
  });

  it('with 64-bit limits beyond any number of pages is refused, not rounded', () => {
    const huge = [1, 0x04, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    const module = Uint8Array.from([...HEADER, ...section(5, huge)]);
    expect(() => capMemories(module, PAGE)).toThrow(MemoryDeclaredTooLarge);
  });

  it('that ends in the middle of a section is an error, not an endless loop', () => {
    expect(() => capMemories(Uint8Array.from([...HEADER, 5, 3, 1]), PAGE)).toThrow(RangeError);
  });
});
