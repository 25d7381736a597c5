import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExitView } from '../../contract/views.ts';
import { DEFAULT_RING_BYTES } from '../limits.ts';
import { planRings } from './output-budget.ts';

const MiB = 1024 * 1024;
const exit: ExitView = { code: 0, signal: null, reason: 'self' };

/** A process that runs, with rings of a size, or one that ended so long ago and keeps so much. */
function live(ringBytes: number) {
  // Nobody may take the output of a program that runs.
  const discardOutput = (): void => expect.fail('it still runs');
  return { exit: null, plan: { ringBytes }, times: { endedForMs: null }, retainedBytes: 0, discardOutput };
}
function ended(endedForMs: number, bytes: number, ringBytes = MiB) {
  return { exit, plan: { ringBytes }, times: { endedForMs }, ...kept(bytes) };
}
function kept(bytes: number) {
  return {
    retainedBytes: bytes,
    discardOutput(): void {
      this.retainedBytes = 0;
    },
  };
}

describe('rings larger than the default', () => {
  const limits = { largeRingBytes: 20 * MiB, outputBytes: 1e12 };
  const refusal = expect.objectContaining({
    code: 'quota',
    message: expect.stringContaining('1048576 bytes') as string,
    hint: expect.stringContaining('smaller rings') as string,
  }) as Error;

  it.each([
    ['nothing runs', [], 8, 8],
    ['what runs leaves just enough', [live(4 * MiB)], 8, 8],
    ['what runs has the default or less', [live(MiB), live(4096), live(MiB)], 11, 11],
    ['what took the budget has ended', [ended(5, 0, 11 * MiB)], 11, 11],
    ['the default is asked for, though the budget is used up', [live(11 * MiB)], 1, 1],
    ['less than the default is', [live(11 * MiB)], 0.5, 0.5],
  ])('are given as asked when %s', (_name, all, asked, given) => {
    expect(planRings(all, { ringBytes: asked * MiB }, 'persistent', limits)).toEqual({
      ringBytes: given * MiB,
    });
  });

  it.each([
    ['by a byte', [], 11 * MiB + 1],
    ['with what runs', [live(5 * MiB)], 8 * MiB],
    ['with all of what runs', [live(3 * MiB), live(MiB), live(3 * MiB), live(3 * MiB)], 6 * MiB],
  ])('are refused beyond the budget %s; a call that waits has the default then', (_name, all, ringBytes) => {
    for (const tier of ['persistent', 'ephemeral'] as const) {
      expect(() => planRings(all, { ringBytes }, tier, limits)).toThrow(refusal);
    }
    expect(planRings(all, { ringBytes }, 'sync', limits)).toEqual({ ringBytes: DEFAULT_RING_BYTES });
  });

  it('leave everything else of a plan as it is', () => {
    const plan = { ringBytes: 5_000, label: 'x' };
    expect(planRings([], plan, 'sync', limits)).toEqual(plan);
  });
});

describe('the output that is kept', () => {
  const limits = (outputBytes: number) => ({ largeRingBytes: 1e12, outputBytes });

  it('of what ended longest ago goes first, no more than has to', () => {
    const all = [ended(10, 3_000), live(4_096), ended(30, 2_000), ended(20, 1_000)];
    const room = 2 * 4_096 + 2 * 4_096;
    const keptThen = (outputBytes: number): readonly number[] => {
      planRings(all, { ringBytes: 4_096 }, 'sync', limits(outputBytes));
      return all.map(({ retainedBytes }) => retainedBytes);
    };
    expect(keptThen(room + 6_000)).toEqual([3_000, 0, 2_000, 1_000]);
    expect(keptThen(room + 5_999)).toEqual([3_000, 0, 0, 1_000]);
    expect(keptThen(room + 4_000)).toEqual([3_000, 0, 0, 1_000]);
    expect(keptThen(room + 3_500)).toEqual([3_000, 0, 0, 0]);
    expect(keptThen(1)).toEqual([0, 0, 0, 0]);
  });

  it('is within the budget then, as far as what has ended allows', () => {
    const some = fc.oneof(
      fc.record({ ms: fc.nat(50), bytes: fc.nat(9_000) }).map(({ ms, bytes }) => ended(ms, bytes)),
      fc.nat(9_000).map(live),
    );
    fc.assert(
      fc.property(
        fc.array(some, { maxLength: 9 }),
        fc.nat(9_000),
        fc.nat(60_000),
        (all, ringBytes, budget) => {
          planRings(all, { ringBytes }, 'sync', limits(budget));
          const reserved = all.reduce(
            (sum, { exit: end, plan }) => sum + (end === null ? 2 * plan.ringBytes : 0),
            2 * ringBytes,
          );
          const left = all.reduce((sum, { retainedBytes }) => sum + retainedBytes, 0);
          expect(left === 0 || reserved + left <= budget).toBe(true);
        },
      ),
    );
  });
});
