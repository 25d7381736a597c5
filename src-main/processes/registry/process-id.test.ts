import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedHash, newProcessId, withoutIds } from './process-id.ts';

const key = (id: string): string => `<${String(id.length)}>`;
/** Longer than what is kept, so that the cut is what decides. */
const MAX = 200;
const id = newProcessId();

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

describe('a text for a record', () => {
  it.each([
    ['the id alone', id, '<52>'],
    ['an id as the end of a topic', `astrid.process.v1.exited.${id}`, 'astrid.process.v1.exited.<52>'],
    ['two in a command', `cat /x/${id}/${id}.log`, 'cat /x/<52>/<52>.log'],
    ['an id within a longer word', `a${id}b`, '<54>'],
    ['an id beside capital letters and other digits', `ID${id}01`, 'ID<52>01'],
    ['a word a little shorter than an id', id.slice(1), id.slice(1)],
    ['nothing of the kind', 'cat notes.txt', 'cat notes.txt'],
  ])('names the process in place of its id: %s', (_what, text, expected) => {
    expect(withoutIds(text, 1_000, key)).toBe(expected);
  });

  it('is cut to what the record keeps, at the beginning of a word that could be an id', () => {
    expect(withoutIds(`${'x.'.repeat(90)}${id}`, MAX, key)).toBe(`${'x.'.repeat(90)}…`);
    expect(withoutIds('X'.repeat(1_000), MAX, key)).toBe(`${'X'.repeat(MAX)}…`);
  });

  it('never holds more of an id than any other text may, wherever it is and wherever it is cut', () => {
    const around = fc.string({ maxLength: 150, unit: fc.constantFrom('a', '7', '.', '/', ' ', 'X', 'ä') });
    fc.assert(
      fc.property(around, around, (before, after) => {
        const text = withoutIds(before + id + after, MAX, key);
        const shown = Array.from({ length: id.length - 12 }, (_, at) => id.slice(at, at + 12));
        expect(shown.filter((part) => text.includes(part))).toEqual([]);
        expect(text.length).toBeLessThanOrEqual(MAX + 1);
      }),
    );
  });
});
