import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Utf8Carry } from './utf8-carry.ts';

const pieces = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 5 }),
    fc.constantFrom('ü', '漢', '👩‍🚀', '\ufeff', 'a').chain((text) => {
      const bytes = Uint8Array.from(Buffer.from(text));
      return fc.nat(bytes.length).map((cut) => bytes.subarray(0, cut));
    }),
    fc.constantFrom('ü', '漢', '😀', '\ufeff').map((text) => Uint8Array.from(Buffer.from(text))),
  ),
  { maxLength: 30 },
);

describe('text that comes in pieces', () => {
  it('is the text of all bytes, wherever they were cut; only a torn character waits', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const carry = new Utf8Carry();
        let [text, bytes] = ['', new Uint8Array()];
        for (const part of parts) {
          text += carry.take(part, false);
          bytes = Uint8Array.from([...bytes, ...part]);
          const whole = Buffer.from(bytes).toString();
          expect(whole.startsWith(text)).toBe(true);
          expect(whole.length - text.length).toBeLessThanOrEqual(3);
        }
        expect(text + carry.take(new Uint8Array(), true)).toBe(Buffer.from(bytes).toString());
      }),
    );
  });

  it('begins anew after a loss: what waited is one replacement character, what follows stands alone', () => {
    fc.assert(
      fc.property(pieces, pieces, (before, after) => {
        const carry = new Utf8Carry();
        const first = before.map((part) => carry.take(part, false)).join('') + carry.skip();
        const second = after.map((part) => carry.take(part, false)).join('') + carry.skip();
        expect([first, second]).toEqual([before, after].map((parts) => Buffer.concat(parts).toString()));
      }),
    );
  });
});
