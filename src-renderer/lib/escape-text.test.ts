import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeBytes, escapeName } from './escape-text.ts';

const utf8 = new TextEncoder();
const shown = (bytes: Uint8Array): string =>
  escapeBytes(bytes)
    .map((piece) => piece.text)
    .join('');

describe('log text that cannot lie', () => {
  it.each([
    ['plain text and tabs', utf8.encode('a\tb ü 漢 😀'), 'a\tb ü 漢 😀'],
    ['a byte that is not UTF-8', new Uint8Array([0x61, 0xff, 0x62]), 'a\\xffb'],
    ['a character cut short', new Uint8Array([0xe6, 0xbc]), '\\xe6\\xbc'],
    ['an overlong form', new Uint8Array([0xc0, 0xaf]), '\\xc0\\xaf'],
    ['a surrogate', new Uint8Array([0xed, 0xa0, 0x80]), '\\xed\\xa0\\x80'],
    ['control characters', new Uint8Array([0x07, 0x0d, 0x7f]), '\\x07\\x0d\\x7f'],
    ['a bidi override', utf8.encode('exe.\u202etxt'), 'exe.\\u{202e}txt'],
    ['zero width and BOM', utf8.encode('a\u200bb\ufeff'), 'a\\u{200b}b\\u{feff}'],
  ])('shows %s', (_name, bytes, text) => {
    expect(shown(bytes)).toBe(text);
  });

  it('marks what is escaped, a run of it as one', () => {
    expect(escapeBytes(new Uint8Array([0x61, 0x00, 0xff, 0x07, 0x62, 0x63, 0x00]))).toEqual([
      { text: 'a', escaped: false },
      { text: '\\x00\\xff\\x07', escaped: true },
      { text: 'bc', escaped: false },
      { text: '\\x00', escaped: true },
    ]);
  });

  it('never shows a control or bidi character, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = shown(bytes);
        expect(escapeName(text)).toBe(text);
        expect(text).not.toContain('\ufffd'.repeat(2));
      }),
    );
  });

  it('leaves every printable string as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(escapeName(text) === text);
        expect(shown(utf8.encode(text))).toBe(text);
      }),
    );
  });
});
