import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutText } from './audit-text.ts';

it.each([
  ['whole', 'abc', 3, 'abc'],
  ['cut', 'abcdef', 5, 'ab…'],
  ['before a character that does not fit', 'aää', 5, 'aää'],
  ['before one that would be torn', 'aäää', 6, 'aä…'],
  ['before a surrogate pair', '🌲🌲', 7, '🌲…'],
])('a text is kept %s', (_name, text, bytes, kept) => {
  expect(cutText(text, bytes)).toBe(kept);
});

it('keeps the bound and never splits a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 40 }), (text, bytes) => {
      const kept = cutText(text, bytes);
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(Math.max(bytes, 3));
      expect(kept === text || text.startsWith(kept.slice(0, -1))).toBe(true);
      // Half of a surrogate pair, which UTF-8 cannot hold.
      expect(kept).not.toMatch(/\p{Surrogate}/u);
    }),
  );
});
