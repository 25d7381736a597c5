import { expect, it } from 'vitest';
import { quoted, escapeControlChars } from './escape-control-chars.ts';

it('shows what would reorder, break or hide a sentence', () => {
  expect(escapeControlChars('git\u202e\n\u200b\0ü')).toBe('git\\u{202e}\\u{a}\\u{200b}\\u{0}ü');
});

it('cuts what is too long', () => {
  expect(quoted('x'.repeat(500))).toHaveLength(122);
});
