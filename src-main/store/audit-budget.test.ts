import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../base/clock.ts';
import type { AuditOutcome, AuditRecord } from '../policy/audit-record.ts';
import { readAudit } from '../testing/read-audit.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { AuditBudget } from './audit-budget.ts';
import { openAuditLog } from './audit-log.ts';
import { AUDIT_RECORDS_PER_SECOND } from './limits.ts';
import { OwnerBudget } from './owner-budget.ts';

const record = (outcome: AuditOutcome, action = 'spawn', capsule = 'c', principal = 'p'): AuditRecord => ({
  at: 1,
  capsule,
  principal,
  action,
  target: 't',
  outcome,
  reason: 'r',
});

const times = (count: number, each: AuditRecord): readonly AuditRecord[] =>
  Array.from({ length: count }, () => each);

/** What is written in one second, and what is said of the rest. */
function inOneSecond(...records: readonly AuditRecord[]) {
  const budget = new AuditBudget();
  const written = records.filter((each) => budget.admit(each, 5_000) === 'write');
  return { written, said: budget.take(6_000), saidAgain: budget.take(6_000) };
}

describe('records of one capsule', () => {
  it.each([
    ['what it did', 'allowed', AUDIT_RECORDS_PER_SECOND],
    ['what it was refused', 'denied', AUDIT_RECORDS_PER_SECOND],
    ['what failed', 'failed', AUDIT_RECORDS_PER_SECOND],
    ['what was cancelled', 'cancelled', AUDIT_RECORDS_PER_SECOND],
  ] as const)('are bounded in each second: %s', (_what, outcome, limit) => {
    const { written, said, saidAgain } = inOneSecond(...times(limit + 7, record(outcome)));
    expect(written).toHaveLength(limit);
    expect(said).toEqual([
      {
        at: 6_000,
        capsule: 'c',
        principal: 'p',
        action: 'spawn',
        target: '',
        outcome,
        reason: '7 more in this second',
      },
    ]);
    expect(saidAgain).toEqual([]);
  });

  it('of many kinds are summed up in one record: the rarest first, the gravest outcome', () => {
    const { said } = inOneSecond(
      ...times(AUDIT_RECORDS_PER_SECOND + 3, record('failed', 'status')),
      record('denied', 'spawn', 'c', 'other'),
    );
    expect(said).toMatchObject([
      {
        action: 'audit#more',
        principal: '',
        target: 'spawn ×1, status ×3',
        outcome: 'denied',
        reason: '4 more in this second',
      },
    ]);
  });

  it('of refusals push out nothing that it did, and no other capsule’s', () => {
    const { written } = inOneSecond(
      ...times(1_000, record('denied')),
      record('allowed'),
      record('denied', 'spawn', 'other'),
    );
    expect(written.slice(-2)).toEqual([record('allowed'), record('denied', 'spawn', 'other')]);
  });

  it('that a person or the host makes are never left out', () => {
    expect(inOneSecond(...times(1_000, record('failed', 'operator#install', ''))).written).toHaveLength(
      1_000,
    );
  });
});

describe('the budget of an owner', () => {
  it('is whole again in the next second, and used up means used up until then', () => {
    const budget = new OwnerBudget(10);
    const admitted = (owner: string, now: number, cost: number): boolean =>
      budget.admit(owner, now, cost) === 'write';
    expect([admitted('a', 1_000, 9), admitted('a', 1_100, 2), admitted('a', 1_200, 1)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([admitted('b', 1_300, 10), admitted('a', 2_000, 10), admitted('a', 2_999, 1)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is never exceeded, and what is within it is never left out', () => {
    const asked = fc.array(fc.record({ step: fc.nat(700), cost: fc.integer({ min: 1, max: 9 }) }));
    fc.assert(
      fc.property(asked, (calls) => {
        const budget = new OwnerBudget(20);
        let now = 0;
        const sums = new Map<number, { all: number; written: number }>();
        for (const { step, cost } of calls) {
          now += step;
          const sum = sums.get(Math.floor(now / 1_000)) ?? { all: 0, written: 0 };
          sums.set(Math.floor(now / 1_000), sum);
          sum.all += cost;
          sum.written += budget.admit('a', now, cost) === 'write' ? cost : 0;
        }
        for (const { all, written } of sums.values()) {
          expect(written).toBeLessThanOrEqual(20);
          expect(all > 20 || written === all).toBe(true);
        }
      }),
    );
  });
});

describe('an audit log under a flood', () => {
  it('says at the end of each second what was left out, at the latest when it is flushed', async () => {
    const folder = await temporaryFolder();
    let ms = 10_000;
    const clock: Clock = { now: () => ms, monotonic: () => ms };
    const log = await openAuditLog(`${folder}/audit`, {
      clock,
      report: (message) => {
        throw new Error(message);
      },
    });
    const flood = (count: number): void =>
      times(count, record('denied')).forEach((each) => void log.append(each));
    flood(AUDIT_RECORDS_PER_SECOND + 1_000);
    ms += 1_000;
    flood(1);
    flood(AUDIT_RECORDS_PER_SECOND + 4);
    await log.close();
    const reasons = (await readAudit(folder)).map(({ reason }) => reason).filter((reason) => reason !== 'r');
    expect(reasons).toEqual(['1000 more in this second', '5 more in this second']);
    expect(await readAudit(folder)).toHaveLength(2 * AUDIT_RECORDS_PER_SECOND + 2);
  });

  it('says it by itself when the second is over', async () => {
    const folder = await temporaryFolder();
    const log = await openAuditLog(`${folder}/audit`, {
      clock: { now: () => 10_900, monotonic: () => 10_900 },
      report: () => undefined,
    });
    times(AUDIT_RECORDS_PER_SECOND + 3, record('denied')).forEach((each) => void log.append(each));
    await expect.poll(async () => (await readAudit(folder)).at(-1)?.reason).toBe('3 more in this second');
    await log.close();
  });
});
