import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterSize, escapeBytes, escapeName } from './escape-text.ts';

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
    [
      'spaces that look like none or like others',
      utf8.encode('a\u00a0b\u2003c\u3000'),
      'a\\u{a0}b\\u{2003}c\\u{3000}',
    ],
    [
      'emoji',
      utf8.encode('👩‍🚀 ❤️ 1️⃣ 👍🏽 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'),
      '👩‍🚀 ❤️ 1️⃣ 👍🏽 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    ],
    ['a joiner that joins no emoji', utf8.encode('a\u200db 👩\u200d'), 'a\\u{200d}b 👩\\u{200d}'],
    [
      'accents, points and vowel signs',
      utf8.encode('e\u0302\u0301 שׁ\u05b8 ที่ नि'),
      'e\u0302\u0301 שׁ\u05b8 ที่ नि',
    ],
    ['an accent on nothing', utf8.encode('\u0301a\u202e\u0301'), '\\u{301}a\\u{202e}\\u{301}'],
    ['zero width and BOM', utf8.encode('a\u200bb\ufeff'), 'a\\u{200b}b\\u{feff}'],
  ])('shows %s', (_name, bytes, text) => {
    expect(shown(bytes)).toBe(text);
  });

  it('shows at most four marks on one character, the rest as escapes', () => {
    const tower = `o${'\u0307'.repeat(30)}`;
    expect(escapeName(`${tower}k`)).toBe(`o${'\u0307'.repeat(4)}${'\\u{307}'.repeat(26)}k`);
    expect(shown(utf8.encode(tower))).toBe(escapeName(tower));
  });

  it.each([
    'U+00AD soft hyphen',
    'U+034F combining grapheme joiner',
    'U+0600 Arabic number sign',
    'U+115F Hangul choseong filler',
    'U+1160 Hangul jungseong filler',
    'U+17B4 Khmer inherent vowel',
    'U+180E Mongolian vowel separator',
    'U+200C zero width non-joiner',
    'U+2028 line separator',
    'U+2064 invisible plus',
    'U+2800 Braille without dots',
    'U+3164 Hangul filler',
    'U+FE00 variation selector',
    'U+FFA0 half-width Hangul filler',
    'U+FFF9 annotation anchor',
    'U+FFFB annotation terminator',
    'U+FFFC object replacement',
    'U+FFFE noncharacter',
    'U+1BCA0 shorthand format',
    'U+1D159 null note head',
    'U+1D173 musical begin beam',
    'U+E0001 language tag',
    'U+E0041 tag letter',
    'U+E01EF variation selector 256',
  ])('escapes %s in names and in bytes', (named) => {
    const hex = named.slice(2, named.indexOf(' '));
    const text = `a${String.fromCodePoint(Number.parseInt(hex, 16))}b`;
    expect(escapeName(text)).toBe(`a\\u{${hex.toLowerCase().replace(/^0+/u, '')}}b`);
    expect(shown(utf8.encode(text))).toBe(escapeName(text));
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

  it('leaves a tab as it is, in text and in a name, and marks nothing for it', () => {
    expect(escapeBytes(utf8.encode('a\tb'))).toEqual([{ text: 'a\tb', escaped: false }]);
    expect(escapeName('a\tb')).toBe('a\tb');
  });

  it('marks what is hidden in good text, and nothing beside it', () => {
    expect(escapeBytes(utf8.encode('\ufeffab\u202ec👩‍🚀'))).toEqual([
      { text: '\\u{feff}', escaped: true },
      { text: 'ab', escaped: false },
      { text: '\\u{202e}', escaped: true },
      { text: 'c👩‍🚀', escaped: false },
    ]);
  });

  it('takes for a character exactly what a strict decoder takes for one, at every bound of UTF-8', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const sizeOf = (bytes: Uint8Array): number =>
      [1, 2, 3, 4].find((size) => {
        try {
          return size <= bytes.length && Array.from(strict.decode(bytes.subarray(0, size))).length === 1;
        } catch {
          return false;
        }
      }) ?? 0;
    const wrong: number[][] = [];
    const bounds = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    for (let first = 0; first <= 0xff; first += 1) {
      for (const second of bounds) {
        for (const rest of [
          [],
          [0x7f, 0x80],
          [0x80, 0x7f],
          [0x80, 0x80],
          [0xbf, 0xbf],
          [0xc0, 0xbf],
          [0xbf, 0xc0],
        ]) {
          const bytes = Uint8Array.of(first, second, ...rest);
          if (characterSize(bytes, 0) !== sizeOf(bytes)) {
            wrong.push([...bytes]);
          }
        }
      }
      expect(characterSize(Uint8Array.of(first), 0)).toBe(first < 0x80 ? 1 : 0);
    }
    expect(wrong).toEqual([]);
  });
});
