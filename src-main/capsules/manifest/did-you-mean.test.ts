import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestWord, didYouMean } from './did-you-mean.ts';

/** Edits between two words, by definition: insert, remove, replace, or swap two neighbours. */
function edits(a: string, b: string): number {
  if (a === '' || b === '') {
    return a.length + b.length;
  }
  const [shortA, shortB] = [a.slice(0, -1), b.slice(0, -1)];
  const swapped = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  return Math.min(
    edits(shortA, shortB) + (a.at(-1) === b.at(-1) ? 0 : 1),
    edits(shortA, b) + 1,
    edits(a, shortB) + 1,
    swapped ? edits(a.slice(0, -2), b.slice(0, -2)) + 1 : Infinity,
  );
}

describe('the closest word', () => {
  const known = ['fs_read', 'fs_write', 'host_process', 'net', 'net_bind', 'kv', 'uplink'];
  it.each([
    ['fs_reed', 'fs_read'],
    ['host-process', 'host_process'],
    ['hots-proces', 'host_process'],
    ['ent', 'net'],
    ['nett', 'net'],
    ['vk', 'kv'],
    ['xk', undefined],
    ['uplnk', 'uplink'],
    ['filesystem', undefined],
    ['', undefined],
    ['x'.repeat(200_000), undefined],
  ])('for %j is %j', (word, expected) => {
    expect(closestWord(word, known)).toBe(expected);
  });

  it('has the fewest edits, at most one in a short word and a third of a long one; the first of several', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
    fc.assert(
      fc.property(words, fc.array(words, { maxLength: 3 }), (word, candidates) => {
        const distances = candidates.map((candidate) => edits(word, candidate));
        const least = Math.min(...distances);
        const near = least <= Math.max(1, Math.floor(word.length / 3));
        expect(closestWord(word, candidates)).toBe(near ? candidates[distances.indexOf(least)] : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('is offered in a sentence, or nothing is', () => {
    expect(didYouMean('nte', known)).toBe(' Did you mean "net"?');
    expect(didYouMean('memory', known)).toBe('');
  });
});
