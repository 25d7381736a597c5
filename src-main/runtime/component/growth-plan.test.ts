import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planGrowth, shareOut, type Demand } from './growth-plan.ts';
import { TABLE_ENTRIES } from '../limits.ts';

const LIMIT = 1_024;

function maximaOf(memories: readonly Demand[]): readonly number[] {
  const maxima = shareOut(memories, LIMIT);
  return memories.map((memory) => maxima.get(memory) ?? 0);
}

const memory = (minimum: number, maximum: number | null = null, instances = 1): Demand => ({
  minimum,
  maximum,
  instances,
});

describe('pages shared out over the memories of one guest', () => {
  it.each<readonly [string, readonly Demand[], readonly number[]]>([
    ['one memory has all', [memory(17)], [1_024]],
    ['one memory has no more than it declares', [memory(17, 100)], [100]],
    ['equal ones have equal parts', [memory(17), memory(17)], [512, 512]],
    ['every instance of a module counts', [memory(1, null, 24)], [42]],
    ['a heap has much more than a stub', [memory(23), memory(0), memory(0)], [947, 38, 38]],
    ['what one does not take goes to the others', [memory(10, 12), memory(10)], [12, 1_012]],
    ['a memory that is never made takes nothing', [memory(500, null, 0), memory(1)], [0, 1_024]],
    ['nothing is left when all is declared', [memory(1_000), memory(24)], [1_000, 24]],
  ])('%s', (_what, memories, maxima) => {
    expect(maximaOf(memories)).toEqual(maxima);
  });

  it('are never more than there are, never less than declared, and not left over while one could use them', () => {
    const anyMemory = fc
      .record({
        minimum: fc.nat(40),
        more: fc.option(fc.nat(400)),
        instances: fc.integer({ min: 1, max: 4 }),
      })
      .map(({ minimum, more, instances }) =>
        memory(minimum, more === null ? null : minimum + more, instances),
      );
    fc.assert(
      fc.property(fc.array(anyMemory, { maxLength: 6 }), (memories) => {
        const maxima = maximaOf(memories);
        const total = memories.reduce(
          (sum, { instances }, index) => sum + instances * (maxima[index] ?? 0),
          0,
        );
        const made = memories.reduce((sum, { instances }) => sum + instances, 0);
        expect(total).toBeLessThanOrEqual(LIMIT);
        const wanting = memories.filter(({ minimum, maximum }, index) => {
          const most = maxima[index] ?? 0;
          expect(most).toBeGreaterThanOrEqual(minimum);
          expect(most).toBeLessThanOrEqual(maximum ?? LIMIT);
          return most < (maximum ?? LIMIT);
        });
        expect(wanting.length === 0 || total > LIMIT - made).toBe(true);
      }),
    );
  });
});

describe('the entries of element segments', () => {
  const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
  const leb = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...leb(Math.floor(value / 128))];
  /** A table that can grow as far as it may, and a passive segment of so many functions. */
  const moduleOf = (entries: number): Uint8Array<ArrayBuffer> => {
    const list = [1, 0x01, 0x00, ...leb(entries), ...Array.from({ length: entries }, () => 0)];
    return Uint8Array.from([...HEADER, ...[4, 4, 1, 0x70, 0, 5], 9, ...leb(list.length), ...list]);
  };
  const made = (count: number): string =>
    `const module0 = getCoreModule('m.wasm');${'instantiateCore(module0, {});'.repeat(count)}`;

  it('leave that much less for the tables, once for each instance', () => {
    const plan = planGrowth(made(2), new Map([['m.wasm', moduleOf(100)]]), 0);
    expect(plan.get('m.wasm')?.caps.tables).toEqual([(TABLE_ENTRIES - 200) / 2]);
  });

  it('are refused when there are too many', () => {
    const modules = new Map([['m.wasm', moduleOf(600_000)]]);
    expect(() => planGrowth(made(1), modules, 0)).not.toThrow();
    expect(() => planGrowth(made(2), modules, 0)).toThrow('needs 1200010 table entries');
  });
});
