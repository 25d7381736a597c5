import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogPage } from '../../src-main/contract/views.ts';
import { mergeRows, streamRows } from './log-rows.ts';
import type { LogRow } from './log-rows.ts';
import {
  appendPage,
  emptyWindow,
  holeParts,
  prependPage,
  windowEnd,
  windowSize,
  windowStart,
} from './log-window.ts';
import type { LogWindow } from './log-window.ts';
import { rowText } from './row-spans.ts';

const utf8 = new TextEncoder();
const page = (start: number, text: string, at = start): LogPage => {
  const bytes = utf8.encode(text);
  return { bytes, start, next: start + bytes.length, lost: 0, end: false, times: [{ offset: start, at }] };
};
const filled = (...pages: readonly LogPage[]): LogWindow =>
  pages.reduce((window, next) => appendPage(window, next, 1000, 0), emptyWindow);
const words = (rows: readonly LogRow[]): readonly string[] =>
  rows.map((row) => (row.kind === 'text' ? rowText(row) : `[${row.from}-${row.to}]`));

describe('the window of log text', () => {
  it('joins pages that continue each other, even inside a line', () => {
    expect(words(streamRows(filled(page(0, 'one\ntw'), page(6, 'o\nthree')), 'stdout'))).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  it('keeps a hole where text was lost between two pages', () => {
    const window = filled(page(0, 'one\n'), page(100, 'lost line end\nlater\n'));
    expect(words(streamRows(window, 'stdout'))).toEqual(['one', '[4-114]', 'later']);
    expect(holeParts({ from: 4, to: 114 }, 64)).toEqual({ lost: 60, retained: 50 });
    expect(holeParts({ from: 4, to: 114 }, 900)).toEqual({ lost: 110, retained: 0 });
  });

  it('shows the head of a cut line when the rest of it is lost for ever', () => {
    const window = appendPage(emptyWindow, page(100, 'cut\nwhole\n'), 1000, 100);
    expect(words(streamRows(window, 'stdout'))).toEqual(['[0-100]', 'cut', 'whole']);
  });

  it('ignores a page that it holds already', () => {
    const window = filled(page(0, 'one\n'));
    expect(appendPage(window, page(0, 'one\n'), 1000, 0)).toBe(window);
  });

  it('pulls earlier text in front and lets go of the newest', () => {
    const window = filled(page(50, 'x\nlast line\n'));
    expect(windowStart(window)).toBe(52);
    const wider = prependPage(window, page(40, 'yyy\nearly\nx\n'), 16, 0);
    expect(words(streamRows(wider, 'stdout'))).toEqual(['[0-44]', 'early', 'x', 'last lin']);
    expect(windowEnd(wider)).toBe(60);
  });

  it('never holds more than its cap, and what it holds is what was written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 40 })),
        fc.nat(60),
        (parts, cap) => {
          let window = emptyWindow;
          let written = '';
          for (const part of parts) {
            window = appendPage(window, page(written.length, part), cap, 0);
            written += part;
            expect(windowSize(window)).toBeLessThanOrEqual(cap);
            for (const segment of window.segments) {
              const text = new TextDecoder().decode(segment.bytes);
              expect(written.slice(segment.from, segment.from + text.length)).toBe(text);
            }
          }
        },
      ),
    );
  });
});

describe('both streams in order of arrival', () => {
  const out = filled(page(0, 'a\n', 1), page(2, 'c\n', 3));
  const err = filled(page(0, 'b\n', 2), page(2, 'd\n', 4));

  it('sorts by arrival and keeps each stream in its own order', () => {
    expect(words(mergeRows(out, err, { out: false, err: false }))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('leaves out what is older than the first text held of the other stream', () => {
    expect(words(mergeRows(out, err, { out: false, err: true }))).toEqual(['b', 'c', 'd']);
  });

  it('shows one stream when the other has nothing', () => {
    expect(words(mergeRows(emptyWindow, err, { out: false, err: false }))).toEqual(['b', 'd']);
  });
});
