import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PIECES_BYTES } from './limits.ts';
import { Pieces } from './pieces.ts';

it('are what came, in its order', () => {
  const length = fc.oneof(fc.nat(64), fc.constantFrom(PIECES_BYTES - 1, PIECES_BYTES, PIECES_BYTES + 1));
  fc.assert(
    fc.property(fc.array(length, { maxLength: 20 }), (lengths) => {
      const pieces = new Pieces();
      const came = lengths.map((each, index) => Buffer.alloc(each, index + 1));
      came.forEach((each) => pieces.add(each));
      expect(Buffer.concat(pieces.chunks).equals(Buffer.concat(came))).toBe(true);
    }),
  );
});

it('take memory for their bytes, also when each comes by itself', () => {
  const pieces = new Pieces();
  const one = Uint8Array.of(1);
  for (let index = 0; index < 100_000; index += 1) {
    pieces.add(one);
  }
  expect(pieces.chunks.length).toBeLessThan(10);
});
