import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { GARBAGE_BYTES, IDLE_HEAP_CHANGE_BYTES } from './constants.ts';
import { collect, createLook } from './return-memory.ts';

describe('memory that is given back', () => {
  /** What is used at each look, and at which of them everything is collected. */
  it.each([
    ['nothing happens', [10, 10, 10], []],
    ['a message left much, at the second look', [10, 10 + GARBAGE_BYTES, 10 + GARBAGE_BYTES], [2]],
    ['much is used but changes', [10, 1, 2, 3, 4].map((at) => at * GARBAGE_BYTES), []],
    ['little is left', [10, GARBAGE_BYTES, GARBAGE_BYTES], []],
    ['what is left is in use, once', [0, ...Array.from({ length: 5 }, () => GARBAGE_BYTES)], [2]],
    ['it changes as little as at rest', [0, GARBAGE_BYTES, GARBAGE_BYTES + IDLE_HEAP_CHANGE_BYTES], [2]],
  ])('when %s', (_what, uses, collections) => {
    let at = 0;
    const collected: number[] = [];
    const look = createLook(
      () => uses[at] ?? 0,
      () => void collected.push(at),
    );
    for (at = 1; at < uses.length; at += 1) {
      look();
    }
    expect(collected).toEqual(collections);
  });

  it('is really collected', () => {
    let kept: unknown[] = Array.from({ length: 8_000_000 }, (_, at) => at / 3);
    const before = getHeapStatistics().used_heap_size;
    expect(kept).toHaveLength(8_000_000);
    kept = [];
    collect();
    expect(before - getHeapStatistics().used_heap_size).toBeGreaterThan(GARBAGE_BYTES);
  });
});
