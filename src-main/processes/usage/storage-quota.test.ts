import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DiskUse } from '../../os/disk/disk-meter.ts';
import type { StorageUse } from '../../os/files/principal-storage.ts';
import { isOver, nextAskedLook, nextStorageLook, overQuota, totalUse, whoGrew } from './storage-quota.ts';

const quota = { bytes: 100, entries: 10 };
const of = (bytes: number, entries = 1): DiskUse => ({ bytes, entries });

function use(capsules: Record<string, DiskUse>, more: Partial<StorageUse> = {}): StorageUse {
  return {
    capsules: new Map(Object.entries(capsules)),
    home: of(0, 0),
    hidden: new Set(),
    unsteady: false,
    problem: null,
    ...more,
  };
}

const uses = fc
  .record({
    capsules: fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.record({ bytes: fc.nat(200), entries: fc.nat(20) }),
    ),
    home: fc.record({ bytes: fc.nat(200), entries: fc.nat(20) }),
  })
  .map(({ capsules, home }) => use(capsules, { home }));

describe('the quota', () => {
  it.each<[string, StorageUse, boolean]>([
    ['nothing', use({}), false],
    ['all of both', use({ a: of(50, 5), b: of(40, 4) }, { home: of(10, 1) }), false],
    ['a byte more', use({ a: of(50), b: of(40) }, { home: of(11) }), true],
    ['a file more', use({ a: of(0, 5), b: of(0, 6) }), true],
    ['what could not be measured', use({}, { problem: 'The folder "/x" cannot be read.' }), true],
  ])('with %s', (_, what, over) => {
    expect(isOver(what, quota)).toBe(over);
  });
});

describe('who grew', () => {
  it.each<[string, StorageUse, StorageUse | null, Partial<ReturnType<typeof whoGrew>>]>([
    ['the one', use({ a: of(90), b: of(20) }), use({ a: of(90), b: of(5) }), { capsules: new Set(['b']) }],
    ['a new one', use({ a: of(90), b: of(20) }), use({ a: of(90) }), { capsules: new Set(['b']) }],
    ['nobody', use({ a: of(90), b: of(20) }), use({ a: of(90), b: of(20) }), { capsules: new Set() }],
    ['who shrank', use({ a: of(90), b: of(20) }), use({ a: of(99), b: of(20) }), { capsules: new Set() }],
    [
      'in files only',
      use({ a: of(90), b: of(20, 2) }),
      use({ a: of(90), b: of(20) }),
      { capsules: new Set() },
    ],
    ['the home', use({ a: of(90) }, { home: of(20) }), use({ a: of(90) }), { home: true, all: false }],
    ['nobody knows', use({ a: of(110) }), null, { all: true }],
    ['cannot be told', use({ a: of(1) }, { problem: 'x' }), use({ a: of(1) }), { all: true }],
    ['could not be told', use({ a: of(110) }), use({}, { problem: 'x' }), { all: true }],
  ])('%s', (_, now, before, grown) => {
    expect(whoGrew(now, before, quota)).toMatchObject(grown);
  });

  it('is never nobody when a principal was below its quota before', () => {
    fc.assert(
      fc.property(uses, uses, (now, before) => {
        fc.pre(isOver(now, quota) && !isOver(before, quota));
        const { all, home, capsules } = whoGrew(now, before, quota);
        expect(all || home || capsules.size > 0).toBe(true);
      }),
    );
  });

  it('is nobody who has not more than before', () => {
    fc.assert(
      fc.property(uses, uses, (now, before) => {
        for (const name of whoGrew(now, before, quota).capsules) {
          const [later, earlier] = [now.capsules.get(name), before.capsules.get(name) ?? of(0, 0)];
          expect(later?.bytes ?? 0).toSatisfy(
            (bytes: number) => bytes > earlier.bytes || (later?.entries ?? 0) > earlier.entries,
          );
        }
        expect(totalUse(now).bytes).toBeGreaterThanOrEqual(now.home.bytes);
      }),
    );
  });
});

describe('when to look again', () => {
  const last = { endedAt: 1_000, tookMs: 100 };
  it.each<[string, DiskUse, DiskUse, number]>([
    ['after a rest of 30 times the look', of(0, 0), of(50, 5), 4_000],
    ['no sooner when the disk has grown by less than is left', of(49, 4), of(50, 5), 4_000],
    ['no sooner when the disk has shrunk', of(-60, -6), of(50, 5), 4_000],
    ['sooner when it has grown by as much', of(50, 0), of(50, 5), 1_400],
    ['sooner when as many files have come', of(0, 5), of(50, 5), 1_400],
    ['sooner when nothing is left and it grows', of(1, 0), of(-5, 5), 1_400],
    ['not when nothing is left and nothing grows', of(0, 0), of(-5, -5), 4_000],
  ])('%s', (_, grown, left, at) => {
    expect(nextStorageLook(last, grown, left)).toBe(at);
  });

  it('takes 3 % of a thread, or 20 % while the disk is being filled, however long a look takes', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1e6, noNaN: true }), (tookMs) => {
        const time = { endedAt: 0, tookMs };
        expect(tookMs / (tookMs + nextStorageLook(time, of(0, 0), of(1, 1)))).toBeLessThan(0.0334);
        expect(tookMs / (tookMs + nextAskedLook(time))).toBeLessThan(0.201);
      }),
    );
  });
});

describe('the words of a refusal', () => {
  it.each([
    [use({ a: of(3 * 1024 * 1024) }), 'Disk quota exceeded: "p" uses 3.0 MiB (quota: 0.0 MiB).'],
    [use({ a: of(0, 11) }), 'Disk quota exceeded: "p" uses 11 files and folders (quota: 10).'],
    [
      use({}, { problem: 'The folder "/x" is nested too deeply.' }),
      'The disk usage of "p" cannot be measured. The folder "/x" is nested too deeply.',
    ],
  ])('say what there is and what to do (%#)', (what, message) => {
    const { code, message: said, hint } = overQuota('p', what, quota);
    expect([code, said]).toEqual(['disk-quota', message]);
    expect(hint).toContain('workspaces/p');
  });
});
