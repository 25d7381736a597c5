import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { certainTime, sampleTime } from './sampled-time.ts';
import type { TreeProcess } from './walk-tree.ts';

/** No such process, so that nothing is known of how long it waited: it counts as one that never did. */
const PID = 999_999_990;
const one = (more: Partial<TreeProcess> = {}): TreeProcess => ({
  ...{ pid: PID, state: 'S', parent: 1, group: 1, ownTicks: 0, reapedTicks: 0, threads: 1, startTicks: 7 },
  ...more,
});
const before = sampleTime([one({ ownTicks: 3 })], null, 30, 1000);

describe('sampled time', () => {
  it('begins with what the kernel tells', () => {
    expect(before).toMatchObject({ at: 1000, ms: 30 });
  });

  it.each([
    ['of who was there is its own, however long it runs', [one({ ownTicks: 5, state: 'R' })], 50],
    ['of who has gone is kept', [], 30],
    ['of who has come and runs is the whole pause', [one({ pid: PID + 1, state: 'R', ownTicks: 1 })], 80],
    ['of who has come and waits is nothing', [one({ pid: PID + 1, ownTicks: 1 })], 30],
    [
      'of who has come under the number of another is the whole pause',
      [one({ startTicks: 9, state: 'R' })],
      80,
    ],
    ['of a zombie is nothing', [one({ pid: PID + 1, state: 'Z', ownTicks: 4 })], 30],
  ])('%s', (_what, processes, ms) => {
    expect(sampleTime(processes, before, 0, 1050).ms).toBe(ms);
  });

  it('is no more than this machine has cores for', () => {
    const many = Array.from({ length: 1000 }, (_, index) => one({ pid: PID - 1 - index, state: 'R' }));
    expect(sampleTime(many, before, 0, 1050).ms).toBe(30 + 50 * availableParallelism());
  });

  it('is certain but for its error', () => {
    expect([100, 1000, 10_000].map((ms) => certainTime({ ...before, ms }))).toEqual([0, 400, 8500]);
  });
});
