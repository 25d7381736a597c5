import { expect, it } from 'vitest';
import { quoted, escapeControlChars } from './escape-control-chars.ts';

it('shows what would reorder, break or hide a sentence', () => {
  expect(escapeControlChars('git\u202e\n\u200b\0ü')).toBe('git\\u{202e}\\u{a}\\u{200b}\\u{0}ü');
});

it.each([
  ['blanks that are no space', 'a\u3164\u2800\u00a0b', 'a\\u{3164}\\u{2800}\\u{a0}b'],
  ['what is put on the mark before it', '\u0301"', '\\u{301}"'],
  [
    'marks that paint over the rows around',
    `o${'\u0307'.repeat(6)}`,
    `o${'\u0307'.repeat(4)}\\u{307}\\u{307}`,
  ],
  ['no emoji', '👩‍🚀 ❤️', '👩‍🚀 ❤️'],
])('shows %s', (_what, text, shown) => {
  expect(escapeControlChars(text)).toBe(shown);
});

it('cuts what is too long', () => {
  expect(quoted('x'.repeat(500))).toHaveLength(122);
});
