import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TIME_ENTRIES, TIME_STEP_MS } from '../limits.ts';
import { ArrivalTimes, type ArrivalTime } from './arrival-times.ts';

/** Times of chunks that begin at these offsets. */
function noted(...chunks: readonly (readonly [offset: number, at: number])[]): ArrivalTimes {
  let now = 0;
  const times = new ArrivalTimes(() => now);
  for (const [offset, at] of chunks) {
    now = at;
    times.note(offset);
  }
  return times;
}

const entries = (...pairs: readonly (readonly [offset: number, at: number])[]): readonly ArrivalTime[] =>
  pairs.map(([offset, at]) => ({ offset, at }));

describe('when bytes arrived', () => {
  it('is kept apart by a step: what comes within it counts as what came before', () => {
    const times = noted([0, 100], [5, 100 + TIME_STEP_MS - 1], [10, 100 + TIME_STEP_MS], [15, 200]);
    expect(times.between(0, 20)).toEqual(entries([0, 100], [10, 110], [15, 200]));
  });

  const times = noted([0, 100], [10, 200], [20, 300]);
  it.each([
    [0, 30, entries([0, 100], [10, 200], [20, 300])],
    [0, 10, entries([0, 100])],
    [0, 11, entries([0, 100], [10, 200])],
    [5, 10, entries([5, 100])],
    [10, 20, entries([10, 200])],
    [19, 21, entries([19, 200], [20, 300])],
    [20, 30, entries([20, 300])],
    [29, 30, entries([29, 300])],
    [10, 10, []],
    [15, 15, []],
    [0, 0, []],
  ])('of %d to %d is told from the first of them on', (start, end, told) => {
    expect(times.between(start, end)).toEqual(told);
  });

  it('is not known of what was never noted', () => {
    expect(noted().between(0, 10)).toEqual([]);
  });

  it.each([
    [5, 0, entries([0, 100], [10, 200], [20, 300])],
    [9, 0, entries([0, 100], [10, 200], [20, 300])],
    [10, 0, entries([10, 200], [20, 300])],
    [15, 15, entries([15, 200], [20, 300])],
    [99, 99, entries([99, 300])],
  ])('is forgotten before %d, but not of the byte there', (offset, start, told) => {
    const some = noted([0, 100], [10, 200], [20, 300]);
    some.forgetBefore(offset);
    expect(some.between(start, 100)).toEqual(told);
  });

  it('is kept more coarsely when there are too many, from the first on', () => {
    const chunk = (n: number) => [n, n * TIME_STEP_MS] as const;
    const full = noted(...Array.from({ length: MAX_TIME_ENTRIES }, (_, n) => chunk(n)));
    expect(full.between(0, 10_000)).toHaveLength(MAX_TIME_ENTRIES);
    const more = noted(...Array.from({ length: MAX_TIME_ENTRIES + 3 }, (_, n) => chunk(n)));
    const told = more.between(0, 10_000);
    // Every other one of those, then one for two steps.
    expect(told.map(({ offset }) => offset)).toEqual([
      ...Array.from({ length: MAX_TIME_ENTRIES / 2 }, (_, n) => 2 * n),
      MAX_TIME_ENTRIES,
      MAX_TIME_ENTRIES + 2,
    ]);
  });

  it('is told of every byte: the last chunk that came by then, or one within a step of it', () => {
    const chunks = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(30)), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(chunks, fc.nat(100), fc.nat(60), (all, from, length) => {
        let [offset, at] = [0, 0];
        const marks = all.map(([bytes, ms]) => {
          const mark = [offset, (at += ms)] as const;
          offset += bytes;
          return mark;
        });
        const start = Math.min(from, offset);
        const end = Math.min(start + length, offset);
        const told = noted(...marks).between(start, end);
        for (let byte = start; byte < end; byte += 1) {
          const said = told.findLast((entry) => entry.offset <= byte)?.at ?? Infinity;
          const came = marks.findLast(([first]) => first <= byte)?.[1] ?? 0;
          expect(came - said).toBeGreaterThanOrEqual(0);
          expect(came - said).toBeLessThan(TIME_STEP_MS);
        }
      }),
    );
  });
});
