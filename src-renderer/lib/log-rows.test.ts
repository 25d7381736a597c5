import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continuesAbove, mergeRows, streamRows, type LogRow } from './log-rows.ts';
import { emptyWindow, type LogWindow } from './log-window.ts';
import { rowText } from './row-spans.ts';
import type { Segment } from './split-rows.ts';

const utf8 = new TextEncoder();

/** Lines with the time each arrived, from an offset; null for a stretch whose times are not known. */
function stretch(from: number, lines: readonly (readonly [text: string, at: number | null])[]): Segment {
  let offset = from;
  const times = lines.flatMap(([text, at]) => {
    const mark = { offset, at: at ?? 0 };
    offset += utf8.encode(`${text}\n`).length;
    return at === null ? [] : [mark];
  });
  return { from, bytes: utf8.encode(lines.map(([text]) => `${text}\n`).join('')), times, startsLine: true };
}

const held = (...segments: readonly Segment[]): LogWindow => ({ segments });
const words = (rows: readonly LogRow[]): readonly string[] =>
  rows.map((row) => (row.kind === 'text' ? rowText(row) : `${row.stream} [${row.from}-${row.to}]`));
const ALL = { out: false, err: false };

describe('the rows of a stream', () => {
  it('have a hole before each stretch that does not begin where the one before it ended', () => {
    const window = held(stretch(10, [['a', 1]]), stretch(12, [['b', 2]]), stretch(20, [['c', 3]]));
    const rows = streamRows(window, 'stdout');
    expect(words(rows)).toEqual(['stdout [0-10]', 'a', 'b', 'stdout [14-20]', 'c']);
    expect(rows.filter(({ kind }) => kind === 'hole')).toEqual([
      { kind: 'hole', id: 'stdout:before', stream: 'stdout', from: 0, to: 10, first: true, at: 1 },
      { kind: 'hole', id: 'stdout:hole:20', stream: 'stdout', from: 14, to: 20, first: false, at: 3 },
    ]);
  });
});

describe('the rows of both streams', () => {
  it.each<[string, LogWindow, LogWindow, { out: boolean; err: boolean }, readonly string[]]>([
    ['nothing', emptyWindow, emptyWindow, ALL, []],
    ['one alone', emptyWindow, held(stretch(0, [['e', 1]])), ALL, ['e']],
    [
      'in order of arrival',
      held(
        stretch(0, [
          ['o1', 1],
          ['o3', 3],
        ]),
      ),
      held(
        stretch(0, [
          ['e2', 2],
          ['e4', 4],
        ]),
      ),
      ALL,
      ['o1', 'e2', 'o3', 'e4'],
    ],
    [
      'at the same moment, stdout first',
      held(stretch(0, [['o', 1]])),
      held(stretch(0, [['e', 1]])),
      ALL,
      ['o', 'e'],
    ],
    [
      'not before what is held of stdout, where more precedes it',
      held(stretch(9, [['o5', 5]])),
      held(
        stretch(0, [
          ['e4', 4],
          ['e5', 5],
        ]),
      ),
      { out: true, err: false },
      ['stdout [0-9]', 'o5', 'e5'],
    ],
    [
      'not before what is held of stderr, where more precedes it',
      held(
        stretch(0, [
          ['o4', 4],
          ['o6', 6],
        ]),
      ),
      held(stretch(9, [['e5', 5]])),
      { out: false, err: true },
      ['stderr [0-9]', 'e5', 'o6'],
    ],
    [
      'all of one of which nothing is held yet',
      held(stretch(0, [['o', 4]])),
      emptyWindow,
      { out: false, err: true },
      ['o'],
    ],
    [
      'a line without a time with the one above it',
      held(stretch(0, [['o9', 9]]), stretch(3, [['later', null]])),
      held(stretch(0, [['e10', 10]])),
      ALL,
      ['o9', 'later', 'e10'],
    ],
  ])('%s', (_name, out, err, earlier, rows) => {
    expect(words(mergeRows(out, err, earlier))).toEqual(rows);
  });

  it('keep the order of each stream and lose none, whatever came when', () => {
    const lines = (name: string) =>
      fc
        .array(fc.nat(9), { maxLength: 8 })
        .map((times) => times.sort((a, b) => a - b).map((at, n) => [`${name}${n}`, at] as const));
    fc.assert(
      fc.property(lines('o'), lines('e'), (out, err) => {
        const window = (all: typeof out) => (all.length === 0 ? emptyWindow : held(stretch(0, all)));
        const rows = mergeRows(window(out), window(err), ALL);
        const merged = words(rows);
        expect(merged.filter((word) => word.startsWith('o'))).toEqual(out.map(([text]) => text));
        expect(merged.filter((word) => word.startsWith('e'))).toEqual(err.map(([text]) => text));
        const times = rows.map(({ at }) => at ?? 0);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });
});

describe('a piece of a long line', () => {
  const [first, second] = streamRows(held(stretch(0, [['x'.repeat(1_500), 1]])), 'stdout');
  const [other] = streamRows(held(stretch(0, [['x', 1]])), 'stderr');
  const hole = streamRows(held(stretch(10, [['x', 1]])), 'stdout')[0];

  it.each<[string, LogRow | undefined, LogRow | undefined, boolean]>([
    ['continues the one above it', second, first, true],
    ['begins the line', first, undefined, false],
    ['stands below another stream', second, other, false],
    ['stands below a hole', second, hole, false],
    ['stands at the top', second, undefined, false],
    ['stands below itself', second, second, false],
    ['is a hole', hole, first, false],
  ])('%s: %#', (_name, row, above, continues) => {
    expect(row !== undefined && continuesAbove(row, above)).toBe(continues);
  });
});
