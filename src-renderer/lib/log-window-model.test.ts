import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogPage } from '../../src-main/contract/views.ts';
import { ROW_BYTES } from './limits.ts';
import {
  appendPage,
  emptyWindow,
  holeBefore,
  holeParts,
  prependPage,
  windowEnd,
  windowSize,
  windowStart,
  type LogWindow,
} from './log-window.ts';
import { arrivalAt, type Arrival } from './split-rows.ts';

/** A stream as main keeps it: its bytes, and when each stretch of them came. */
interface Stream {
  readonly bytes: Uint8Array;
  readonly times: readonly Arrival[];
}

const LINE_FEED = 0x0a;

function streamOf(chunks: readonly (readonly [text: string, pause: number])[]): Stream {
  let [offset, at] = [0, 0];
  const times = chunks.map(([text, pause]) => {
    const mark = { offset, at: (at += pause) };
    offset += text.length;
    return mark;
  });
  const text = chunks.map(([chunk]) => chunk).join('');
  return { bytes: new TextEncoder().encode(text), times };
}

/** What main answers to a read. */
function pageOf({ bytes, times }: Stream, start: number, length: number): LogPage {
  const page = bytes.slice(start, start + length);
  const first = Math.max(
    0,
    times.findLastIndex(({ offset }) => offset <= start),
  );
  const marks = times.slice(first).filter(({ offset }) => offset < start + page.length);
  return { bytes: page, start, next: start + page.length, lost: 0, end: false, times: marks };
}

/** Whether a row may begin there without having to be told from another one later. */
const isLineStart = ({ bytes }: Stream, offset: number): boolean =>
  offset === 0 || bytes[offset - 1] === LINE_FEED;

/** Everything that must hold of a window, whatever was done to it. */
function check(window: LogWindow, stream: Stream, cap: number): void {
  let end = -1;
  for (const { from, bytes, times, startsLine } of window.segments) {
    // In order, with a hole between any two.
    expect(from).toBeGreaterThan(end);
    expect(bytes.length).toBeGreaterThan(0);
    end = from + bytes.length;
    expect(stream.bytes.slice(from, end)).toEqual(bytes);
    expect(startsLine && !isLineStart(stream, from)).toBe(false);
    expect(from === 0 ? startsLine : true).toBe(true);
    for (const offset of [from, Math.floor((from + end) / 2), end - 1]) {
      expect(arrivalAt(times, offset)).toBe(arrivalAt(stream.times, offset));
    }
    // Marks for what is held and no others: a log that is open for days must not gather them.
    expect(times.slice(1).every(({ offset }) => offset > from && offset < end)).toBe(true);
    expect(times.map(({ offset }) => offset)).toEqual(
      [...new Set(times.map(({ offset }) => offset))].toSorted((a, b) => a - b),
    );
  }
  expect(windowSize(window)).toBeLessThanOrEqual(cap);
  expect(windowEnd(window)).toBe(end === -1 ? null : end);
  expect(windowStart(window)).toBe(window.segments[0]?.from ?? null);
}

/** How much a page that begins within a line loses of it: the rest, where another line follows. */
function restOfLine(bytes: Uint8Array): number {
  const length = bytes.indexOf(LINE_FEED) + 1;
  return length < bytes.length ? length : 0;
}

type Step = readonly [kind: 'next' | 'jump' | 'earlier', length: number, gap: number];

const line = fc.oneof(fc.nat(20), fc.nat(2 * ROW_BYTES)).map((length) => `${'x'.repeat(length)}\n`);
const chunk = fc.tuple(
  fc.oneof(
    line,
    fc.nat(300).map((length) => 'y'.repeat(length + 1)),
  ),
  fc.nat(50),
);
const stream = fc.array(chunk, { minLength: 1, maxLength: 25 }).map(streamOf);
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('next', 'next', 'jump', 'earlier'),
  fc.oneof(fc.nat(60), fc.nat(1_500)),
  fc.nat(400),
);

describe('a window on a stream', () => {
  it('holds what was written and when it came, no more than it may, and the newest of what it was given last', () => {
    const caps = fc.oneof(fc.nat(200), fc.integer({ min: 200, max: 5_000 }));
    fc.assert(
      fc.property(stream, fc.array(step, { maxLength: 15 }), caps, (written, steps, cap) => {
        let window = emptyWindow;
        for (const [kind, length, gap] of steps) {
          const before = window;
          const held = windowSize(before);
          if (kind === 'earlier') {
            const start = windowStart(before) ?? 0;
            const from = Math.max(0, start - length);
            window = prependPage(before, pageOf(written, from, start - from), cap, 0);
            if (window !== before) {
              // From the page's first whole line on, or from its start where it has none.
              const first = windowStart(window) ?? 0;
              expect(first === from || isLineStart(written, first)).toBe(true);
              expect(written.bytes.slice(from, Math.max(from, first - 1)).includes(LINE_FEED)).toBe(false);
              expect(windowSize(window)).toBe(Math.min(cap, held + start - first));
            }
          } else {
            const from = (windowEnd(before) ?? 0) + (kind === 'jump' ? gap : 0);
            const page = pageOf(written, from, length);
            window = appendPage(before, page, cap, 0);
            if (page.bytes.length > 0 && window.segments.length > 0) {
              expect(windowEnd(window)).toBe(page.next);
            }
            // What goes for want of room goes up to the next line, where that is near.
            const continues = from === 0 || windowEnd(before) === from;
            const all = held + page.bytes.length - (continues ? 0 : restOfLine(page.bytes));
            expect(all > cap && cap > 0 ? windowSize(window) >= cap - ROW_BYTES : true).toBe(true);
          }
          check(window, written, cap);
        }
      }),
      { numRuns: 300 },
    );
  });

  const text = streamOf([
    ['one\n', 1],
    ['two\n', 1],
    ['three\n', 1],
    ['no line end', 1],
  ]);
  const held = appendPage(emptyWindow, pageOf(text, 4, 10), 100, 0);
  const parts = ({ segments }: LogWindow): readonly string[] =>
    segments.map(({ from, bytes }) => `${from}:${new TextDecoder().decode(bytes)}`);

  it.each<[string, LogPage]>([
    ['is empty', pageOf(text, 0, 0)],
    ['ends before what is held', pageOf(text, 0, 3)],
    ['overlaps it', pageOf(text, 0, 9)],
    ['follows it', pageOf(text, 14, 3)],
  ])('takes no page in front that %s', (_name, page) => {
    expect(prependPage(held, page, 100, 0)).toBe(held);
  });

  it('takes nothing in front while nothing is held', () => {
    expect(prependPage(emptyWindow, pageOf(text, 0, 4), 100, 0)).toBe(emptyWindow);
  });

  it.each<[string, LogPage]>([
    ['is empty', pageOf(text, 14, 0)],
    ['is empty, beyond what is held', pageOf(text, 20, 0)],
    ['begins before its end', pageOf(text, 13, 9)],
    ['is held', pageOf(text, 4, 10)],
  ])('takes no page behind that %s', (_name, page) => {
    expect(appendPage(held, page, 100, 0)).toBe(held);
  });

  it.each([
    // The rest of a line goes when its beginning can be pulled later.
    [2, 9, 0, ['4:two\nthr'], true],
    [2, 9, 1, ['4:two\nthr'], true],
    // It stays when the beginning is gone for good, when it is all there is, or at the very start.
    [2, 9, 2, ['2:e\ntwo\nthr'], false],
    [2, 9, 3, ['2:e\ntwo\nthr'], false],
    [2, 2, 0, ['2:e\n'], false],
    [15, 5, 0, ['15:o lin'], false],
    [0, 5, 0, ['0:one\nt'], true],
  ])(
    'begins with a page from %d of %d bytes, where %d is the oldest, as %j',
    (start, length, oldest, begun, atLineStart) => {
      const window = appendPage(emptyWindow, pageOf(text, start, length), 100, oldest);
      expect(parts(window)).toEqual(begun);
      expect(window.segments[0]?.startsLine).toBe(atLineStart);
    },
  );

  it.each([
    [9, ['8:three\n']],
    [6, ['8:three\n']],
    [5, ['9:hree\n']],
    [1, ['13:\n']],
    [0, []],
  ])('of %d bytes keeps the newest, from the start of a line where one is near', (cap, keeps) => {
    expect(parts(appendPage(emptyWindow, pageOf(text, 4, 10), cap, 0))).toEqual(keeps);
  });

  it('lets go of whole stretches, and says what is between those that are left', () => {
    const two = appendPage(appendPage(emptyWindow, pageOf(text, 0, 4), 100, 0), pageOf(text, 8, 6), 100, 8);
    expect(parts(two)).toEqual(['0:one\n', '8:three\n']);
    expect([holeBefore(two, 0), holeBefore(two, 1), holeBefore(two, 2)]).toEqual([
      null,
      { from: 4, to: 8 },
      null,
    ]);
    const later = appendPage(two, pageOf(text, 14, 11), 17, 0);
    expect(parts(later)).toEqual(['8:three\nno line end']);
    expect(holeBefore(later, 0)).toEqual({ from: 0, to: 8 });
    // And of the newest when earlier text comes in front.
    expect(parts(prependPage(later, pageOf(text, 4, 4), 10, 0))).toEqual(['4:two\nthree\n']);
  });

  it.each([
    [0, { lost: 0, retained: 60 }],
    [40, { lost: 0, retained: 60 }],
    [41, { lost: 1, retained: 59 }],
    [99, { lost: 59, retained: 1 }],
    [100, { lost: 60, retained: 0 }],
    [500, { lost: 60, retained: 0 }],
  ])('knows of a hole from 40 to 100, when %d is the oldest: %j', (oldest, known) => {
    expect(holeParts({ from: 40, to: 100 }, oldest)).toEqual(known);
  });
});
