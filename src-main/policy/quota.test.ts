import { describe, expect, it } from 'vitest';
import { createQuotaBook, QUOTA_PER_SECOND } from './quota.ts';

function bookAt(start: number) {
  let now = start;
  const book = createQuotaBook({ now: () => now, monotonicNs: () => 0n });
  return {
    takeMany: (owner: string, times: number) =>
      Array.from({ length: times }, () => book.take(owner, 'spawns')),
    passMs: (ms: number) => {
      now += ms;
    },
  };
}

const FULL = QUOTA_PER_SECOND.spawns;

describe('a rate', () => {
  it('gives so many in a second, then refuses, the first time and again', () => {
    const { takeMany } = bookAt(0);
    expect(new Set(takeMany('a', FULL))).toEqual(new Set(['taken']));
    expect(takeMany('a', 3)).toEqual(['refused', 'refused-again', 'refused-again']);
  });

  it.each([
    ['a millisecond before the second is over', 999, 'refused'],
    ['when the second is over', 1_000, 'taken'],
    ['much later', 1_000_000, 'taken'],
    ['when the clock was set back', -5_000, 'taken'],
  ])('%s', (_name, ms, answer) => {
    const { takeMany, passMs } = bookAt(10_000);
    takeMany('a', FULL);
    passMs(ms);
    expect(takeMany('a', 1)).toEqual([answer]);
  });

  it('is each owner’s own', () => {
    const { takeMany } = bookAt(0);
    takeMany('a', FULL + 1);
    expect(takeMany('b', 1)).toEqual(['taken']);
  });
});
