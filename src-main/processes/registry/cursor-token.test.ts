import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor-token.ts';
import { KeyedHash } from './process-id.ts';

describe('a cursor token', () => {
  const hash = new KeyedHash();

  it('comes back as the offset it was made from', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (offset) => {
        expect(decodeCursor(hash, 'id', 'stdout', encodeCursor(hash, 'id', 'stdout', offset))).toBe(offset);
      }),
    );
  });

  it('is good for no other process, stream or registry, and cannot be made up', () => {
    const token = encodeCursor(hash, 'id', 'stdout', 100);
    const refusal = expect.objectContaining({ code: 'no-such-process' }) as Error;
    expect(() => decodeCursor(hash, 'other', 'stdout', token)).toThrow(refusal);
    expect(() => decodeCursor(hash, 'id', 'stderr', token)).toThrow(refusal);
    expect(() => decodeCursor(new KeyedHash(), 'id', 'stdout', token)).toThrow(refusal);
    for (const made of ['', '64', '.', `65${token.slice(2)}`, `0${token}`, `${token} `, 'ffffffffffffffff']) {
      expect(() => decodeCursor(hash, 'id', 'stdout', made), made).toThrow(refusal);
    }
  });
});
