import { describe, expect, it } from 'vitest';
import { KeyedHash, newProcessId } from './process-id.ts';

describe('a process-id', () => {
  it('is 52 characters of lower-case base32, never twice', () => {
    const ids = Array.from({ length: 1000 }, newProcessId);
    expect(ids.every((id) => /^[a-z2-7]{52}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(1000);
    // Every character must carry randomness; the last has only one bit of it.
    expect(
      Array.from({ length: 51 }, (_, at) => new Set(ids.map((id) => id[at])).size).every((n) => n > 25),
    ).toBe(true);
  });

  it('is shown as a keyed hash that another registry would not give', () => {
    const hash = new KeyedHash();
    expect(hash.of('a')).toMatch(/^[0-9a-f]{16}$/);
    expect(hash.of('a')).toBe(hash.of('a'));
    expect(hash.of('a')).not.toBe(new KeyedHash().of('a'));
    expect(hash.of('a', 'b')).not.toBe(hash.of('ab'));
    expect(hash.of('a', 'b')).not.toBe(hash.of('a', 'b', ''));
  });
});
