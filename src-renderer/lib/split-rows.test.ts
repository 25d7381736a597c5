import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ROW_BYTES } from './limits.ts';
import { rowSpans, rowText } from './row-spans.ts';
import { applySgr, plainStyle } from './sgr.ts';
import { arrivalAt, splitRows } from './split-rows.ts';
import type { Segment } from './split-rows.ts';

const utf8 = new TextEncoder();
const segment = (text: string | Uint8Array, from = 0, startsLine = true): Segment => ({
  from,
  bytes: typeof text === 'string' ? utf8.encode(text) : text,
  times: [],
  startsLine,
});
const lines = (text: string): readonly string[] => splitRows(segment(text), 'stdout').map(rowText);

describe('log text in rows', () => {
  it('cuts at line ends and drops them, with or without a carriage return', () => {
    expect(lines('one\r\ntwo\n\nthree')).toEqual(['one', 'two', '', 'three']);
  });

  it('gives each row the absolute offset of its first byte', () => {
    expect(splitRows(segment('ab\ncd\n', 100), 'stderr').map((row) => [row.id, row.start])).toEqual([
      ['stderr:100', 100],
      ['stderr:103', 103],
    ]);
  });

  it('shows a line of a megabyte as pieces that go on', () => {
    const rows = splitRows(segment(`${'x'.repeat(1024 * 1024)}\nnext\n`), 'stdout');
    expect(rows).toHaveLength(1024 + 1);
    expect(rows.map((row) => row.continued).filter(Boolean)).toHaveLength(1023);
    expect(rows.at(-1)).toMatchObject({ continued: false, start: 1024 * 1024 + 1 });
  });

  it('never cuts a character in two', () => {
    const rows = splitRows(segment('€'.repeat(1000)), 'stdout');
    expect(rows.map(rowText).join('')).toBe('€'.repeat(1000));
  });

  it.each([
    ['an accent from its letter', 'e\u0301'],
    ['the parts of an emoji from each other', '👩‍🚀'],
    ['a selector from its sign', '❤️'],
  ])('never parts %s', (_what, together) => {
    for (let before = 1000; before < 1040; before += 1) {
      const text = `${'x'.repeat(before)}${together.repeat(20)}`;
      expect(lines(text).join('')).toBe(text);
    }
  });

  it('cuts no escape sequence that stands before an accent', () => {
    for (let before = 1015; before < 1030; before += 1) {
      const rows = splitRows(segment(`${'x'.repeat(before)}\u001b[31m\u0301red`), 'stdout');
      expect(rows.map(rowText).join('')).toBe(`${'x'.repeat(before)}\\u{301}red`);
      expect(rowSpans(rows.at(-1) ?? expect.fail()).at(-1)?.style.fg).toBe(1);
    }
  });

  it('carries colours over line ends and strips every other escape', () => {
    const rows = splitRows(
      segment('\u001b[31mred\nstill\u001b[0m \u001b]0;title\u0007plain\u001b[2K\n'),
      'stdout',
    );
    expect(rows.map((row) => rowSpans(row).map((span) => [span.text, span.style.fg]))).toEqual([
      [['red', 1]],
      [
        ['still', 1],
        [' ', null],
        ['plain', null],
      ],
    ]);
  });

  it('marks the first row when the segment starts inside a line', () => {
    expect(splitRows(segment('tail\nfull\n', 9, false), 'stdout').map((row) => row.continued)).toEqual([
      true,
      false,
    ]);
  });

  it('loses no byte but line ends, and keeps every row small, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        const rows = splitRows(segment(bytes), 'stdout');
        let expected = 0;
        for (const row of rows) {
          expect(row.bytes.length).toBeLessThanOrEqual(ROW_BYTES);
          expect(row.start - expected).toBeGreaterThanOrEqual(0);
          expect(row.start - expected).toBeLessThanOrEqual(2);
          expected = row.start + row.bytes.length;
        }
        expect(bytes.length - expected).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe('arrival times', () => {
  it('takes the last mark at or before the offset', () => {
    const times = [
      { offset: 10, at: 1 },
      { offset: 20, at: 2 },
    ];
    expect([5, 10, 19, 20, 99].map((offset) => arrivalAt(times, offset))).toEqual([null, 1, 1, 2, 2]);
  });
});

describe('select graphic rendition', () => {
  it.each([
    ['1;31', { bold: true, fg: 1 }],
    ['97;104', { fg: 15, bg: 12 }],
    ['38;5;196', { fg: 'rgb(255 0 0)' }],
    ['38;5;3', { fg: 3 }],
    ['48;2;1;2;3', { bg: 'rgb(1 2 3)' }],
    ['38:5:244', { fg: 'rgb(128 128 128)' }],
    ['38;5', { fg: null }],
    ['4;24;7', { underline: false, inverse: true }],
    ['1;0', {}],
    ['', {}],
    ['777', {}],
    // A parameter left out is 0.
    ['1;', {}],
    [';31', { fg: 1 }],
    ['38;5;', { fg: 0 }],
    ['38;2;1;;3', { fg: 'rgb(1 0 3)' }],
    // Kinds of underline stand behind a colon.
    ['4:3', { underline: true }],
    ['4;4:0', { underline: false }],
    ['21', { underline: true }],
    ['21;24', { underline: false }],
    ['4:9', {}],
    ['53', { overline: true }],
    ['53;55', { overline: false }],
    // ITU-T T.416 13.1.8: a colour space between kind and colour, left out by most who write it.
    ['38:2::1:2:3', { fg: 'rgb(1 2 3)' }],
    ['38:2:1:2:3', { fg: 'rgb(1 2 3)' }],
    ['48:2:0:1:2:3:0:1', { bg: 'rgb(1 2 3)' }],
    ['38:5:196;1', { fg: 'rgb(255 0 0)', bold: true }],
    ['48:5:3;4:3', { bg: 3, underline: true }],
    // The colour of an underline is not shown; what belongs to it is no colour of the text.
    ['58;5;31;1', { bold: true }],
    ['58;2;31;32;33;1', { bold: true }],
    ['58:2::31:32:33;1', { bold: true }],
    ['58:5:31', {}],
    ['59', {}],
    // Of a colour nobody knows nothing is left over that counts as something else.
    ['38;3;31;32;33;1', { bold: true }],
    ['38;4;31;32;33;34;1', { bold: true }],
    ['38;1;31', { fg: 1 }],
    ['38;5;256;1', { bold: true }],
    ['38:9:31', {}],
    ['31:5', {}],
    ['38', {}],
    ['38:5', {}],
    // Text that is there is shown, in its colour or not.
    ['8;31', { fg: 1 }],
  ])('%s', (parameters, change) => {
    expect(applySgr(plainStyle, parameters)).toEqual({ ...plainStyle, ...change });
  });
});

describe('colours by number', () => {
  const LEVELS = [0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff];
  const range = (from: number, to: number): readonly number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('are those of xterm: 16 by number, a cube of six levels, 24 greys', () => {
    const cube = LEVELS.flatMap((red) =>
      LEVELS.flatMap((green) => LEVELS.map((blue) => `rgb(${red} ${green} ${blue})`)),
    );
    const greys = range(0, 23).map((step) => `rgb(${8 + 10 * step} ${8 + 10 * step} ${8 + 10 * step})`);
    const palette = range(0, 255).map((index) => applySgr(plainStyle, `38;5;${index}`).fg);
    expect(palette).toEqual([...range(0, 15), ...cube, ...greys]);
  });

  it('of text and ground are the eight of old and their bright ones; the codes around them are none', () => {
    for (const [first, name, base] of [
      [30, 'fg', 0],
      [40, 'bg', 0],
      [90, 'fg', 8],
      [100, 'bg', 8],
    ] as const) {
      const codes = range(first, first + 7);
      expect(codes.map((code) => applySgr(plainStyle, String(code)))).toEqual(
        codes.map((code) => ({ ...plainStyle, [name]: base + code - first })),
      );
    }
    for (const code of [29, 38, 39, 48, 49, 89, 98, 99, 108]) {
      expect(applySgr(plainStyle, String(code))).toEqual(plainStyle);
    }
  });

  it('is no colour beyond 255, for each of its parts', () => {
    for (const parts of ['256;0;0', '0;256;0', '0;0;256', '-1;0;0', '0.5;0;0']) {
      expect(applySgr(plainStyle, `48;2;${parts}`)).toEqual(plainStyle);
    }
    expect(applySgr(plainStyle, '48;2;255;0;255').bg).toBe('rgb(255 0 255)');
  });
});

describe('what text looks like', () => {
  it.each([
    ['bold', 1, 22],
    ['dim', 2, 22],
    ['italic', 3, 23],
    ['underline', 4, 24],
    ['inverse', 7, 27],
    ['strike', 9, 29],
    ['overline', 53, 55],
  ] as const)('%s is switched on by %d and off by %d, and by 0, alone', (name, on, off) => {
    const all = applySgr(plainStyle, '1;2;3;4;7;9;53;31;42');
    expect(applySgr(plainStyle, String(on))).toEqual({ ...plainStyle, [name]: true });
    const without = off === 22 ? { bold: false, dim: false } : { [name]: false };
    expect(applySgr(all, String(off))).toEqual({ ...all, ...without });
    expect(applySgr(all, '0')).toEqual(plainStyle);
  });

  it('is nothing in particular at first', () => {
    expect(Object.values(plainStyle).filter((value) => value !== false && value !== null)).toEqual([]);
  });

  it('has no colour of its own again after 39 and 49', () => {
    const colored = applySgr(plainStyle, '1;31;42');
    expect(applySgr(colored, '39')).toEqual({ ...colored, fg: null });
    expect(applySgr(colored, '49')).toEqual({ ...colored, bg: null });
  });
});
