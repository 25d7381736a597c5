import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText, encodeText } from './text.ts';

const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
});
const nearUtf8 = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(
      0x7f,
      0x80,
      0xbf,
      0xc0,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xf5,
      0x8f,
      0x90,
      0x9f,
      0xa0,
    ),
  ),
);

describe('text', () => {
  it('encodes every string, lone surrogates too, as TextEncoder does', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary' })), (text) => {
        expect([...encodeText(text)]).toEqual([...new TextEncoder().encode(text)]);
      }),
    );
  });

  it('decodes every run of bytes, malformed ones too, as TextDecoder does', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    fc.assert(
      fc.property(nearUtf8, (values) => {
        const bytes = Uint8Array.from(values);
        expect(decodeText(bytes)).toBe(decoder.decode(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes long text in pieces', () => {
    const text = 'grün 🌲 '.repeat(5000);
    expect(decodeText(encodeText(text)) === text).toBe(true);
  });
});
