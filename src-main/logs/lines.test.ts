import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.ts';

const page = (text: string, times: readonly { offset: number; at: number }[] = []) => ({
  ...{ bytes: Buffer.from(text), start: 100, times },
});

describe('lines', () => {
  it.each([
    ['', []],
    ['one', ['one']],
    ['one\n', ['one']],
    ['one\r\ntwo\r\n', ['one', 'two']],
    ['\n\r\n', ['', '']],
    ['a\rb\n', ['a\rb']],
    ['\u001b[31mred\u001b[0m\n', ['red']],
    ['\u001b]0;title\u0007shown\n', ['shown']],
    ['\u001b[31', ['\u001b[31']],
    ['\ufeffmark', ['\ufeffmark']],
  ])('of %j', (text, lines) => {
    expect(linesOf(page(text)).map((line) => line.text)).toEqual(lines);
  });

  it('arrived when their first byte did', () => {
    const lines = linesOf(
      page('ab\ncd\nef\n', [
        { offset: 101, at: 7 },
        { offset: 104, at: 8 },
        { offset: 106, at: 9 },
      ]),
    );
    expect(lines.map(({ at }) => at)).toEqual([null, 7, 9]);
  });

  it('hold everything that was written, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'é', '\u001b[1m', '\n', '\r\n', '😀')), (pieces) => {
        const text = pieces.join('');
        const written = linesOf(page(text)).map((line) => line.written);
        expect(written.join('\n')).toBe(text.replaceAll('\r\n', '\n').replace(/\n$/u, ''));
      }),
    );
  });
});
