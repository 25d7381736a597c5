import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageSize } from './message-size.ts';

const circular: { self?: unknown } = {};
circular.self = circular;
const deep: unknown = Array.from({ length: 100_000 }).reduce((inner) => ({ inner }), null);
const sparse: unknown[] = [];
sparse.length = 2 ** 32 - 1;

describe('the size of a message', () => {
  it.each([
    ['null', null, 16],
    ['text', 'abc', 22],
    ['an object with its key', { key: 'ab' }, 16 + 6 + 16 + 4],
    ['a list with its places', ['ab'], 16 + 16 + 2 + 16 + 4],
  ])('counts %s', (_what, message, size) => {
    expect(messageSize(message, 1_000)).toBe(size);
    expect(messageSize(message, size)).toBe(size);
    expect(messageSize(message, size - 1)).toBe(Infinity);
  });

  it.each([
    ['long text', 'x'.repeat(10_000)],
    ['a long key', { ['x'.repeat(10_000)]: 1 }],
    ['many small values', Array.from({ length: 1_000 }, () => null)],
    ['many empty lists', [[], [], Array.from({ length: 900 }, () => [])]],
    ['a list that claims four billion', sparse],
    ['a list with something beside its places', Object.assign([], { beside: 'x'.repeat(10_000) })],
    ['many keys', Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`k${at}`, 1]))],
    ['deep nesting', deep],
    ['a circle', circular],
    ['what is inherited', Object.create({ key: 'x'.repeat(10_000) })],
    ['a buffer', new ArrayBuffer(1)],
    ['a view', new Uint8Array(1)],
    ['a map', new Map([['x'.repeat(10_000), 1]])],
    ['a set', new Set(['x'.repeat(10_000)])],
    ['a date', new Date(0)],
    ['an error', new Error('x'.repeat(10_000))],
    ['a boxed text', Object('x'.repeat(10_000))],
    ['a large integer', 2n ** 100_000n],
  ])('is over any limit for %s', (_what, message) => {
    expect(messageSize(message, 10_000)).toBe(Infinity);
  });

  it('grows with what is added, and is the same under any limit that it keeps', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [size, both] = [messageSize(one, 1e9), messageSize([one, other], 1e9)];
        expect(both).toBeGreaterThan(size);
        expect(messageSize(one, size)).toBe(size);
      }),
    );
  });
});
