import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLedger, RATES, STOCKS, type Charge, type Ledger } from './charges.ts';

const FULL = RATES.spawns;
const SPAWN: readonly Charge[] = [{ rate: 'spawns', amount: 1 }];
const SUBSCRIPTION: readonly Charge[] = [{ stock: 'subscriptions', amount: 1 }];

function ledgerAt(startMs: number) {
  let ms = startMs;
  const ledger = createLedger({ monotonic: () => ms });
  return {
    ledger,
    passMs: (more: number) => {
      ms += more;
    },
  };
}

/** What a capsule is told, `taken` or `refused`, or `again` for another refusal in the same second. */
function take(
  ledger: Ledger,
  capsule: string,
  charges: readonly Charge[],
  instance: object = ledger,
): string {
  const answer = ledger.take({ capsule, instance }, charges);
  return answer.ok ? 'taken' : answer.again ? 'again' : 'refused';
}

const many = (times: number, once: () => string): readonly string[] => Array.from({ length: times }, once);

it('every capsule has the same limits', () => {
  expect([RATES, STOCKS]).toEqual([
    { 'log-lines': 500, 'log-bytes': 1_048_576, spawns: 50 },
    {
      handles: { perInstance: 4_096, perCapsule: 16_384 },
      subscriptions: { perInstance: 128, perCapsule: 1_024 },
    },
  ]);
});

it('a refusal names what is used up', () => {
  const { ledger } = ledgerAt(0);
  const reasonOf = (charges: readonly Charge[]): string | undefined => {
    const answer = ledger.take({ capsule: 'a', instance: ledger }, charges);
    return answer.ok ? undefined : answer.reason;
  };
  expect(reasonOf([{ rate: 'spawns', amount: FULL + 1 }])).toBe('rate limit of spawns exceeded');
  expect(reasonOf([{ stock: 'handles', amount: 4_097 }])).toBe('limit of handles at a time reached');
});

it.each<[string, Charge, number]>([
  ['rate', { rate: 'spawns', amount: 1 }, FULL],
  ['stock', { stock: 'subscriptions', amount: 1 }, STOCKS.subscriptions.perInstance],
])('two charges of one %s in one call count together', (_what, one, most) => {
  const { ledger } = ledgerAt(0);
  expect(take(ledger, 'a', [{ ...one, amount: most }, one])).toBe('refused');
  expect(take(ledger, 'a', [{ ...one, amount: most - 1 }, one])).toBe('taken');
  expect(take(ledger, 'a', [one])).not.toBe('taken');
});

describe('a rate', () => {
  it('gives so many in a second, then refuses, the first time and again', () => {
    const { ledger } = ledgerAt(0);
    expect(new Set(many(FULL, () => take(ledger, 'a', SPAWN)))).toEqual(new Set(['taken']));
    expect(many(3, () => take(ledger, 'a', SPAWN))).toEqual(['refused', 'again', 'again']);
  });

  it.each([
    ['a millisecond before the second is over', 999, 'refused'],
    ['when the second is over', 1_000, 'taken'],
    ['much later', 1_000_000, 'taken'],
  ])('%s', (_name, ms, answer) => {
    const { ledger, passMs } = ledgerAt(10_000);
    many(FULL, () => take(ledger, 'a', SPAWN));
    passMs(ms);
    expect(take(ledger, 'a', SPAWN)).toBe(answer);
  });

  it('is the capsule’s, whatever instance asks, and no other capsule’s', () => {
    const { ledger } = ledgerAt(0);
    many(FULL, () => take(ledger, 'a', SPAWN, {}));
    expect(take(ledger, 'a', SPAWN, {})).toBe('refused');
    expect(take(ledger, 'b', SPAWN)).toBe('taken');
  });

  it('counts amounts, and takes nothing of a call that is refused', () => {
    const { ledger } = ledgerAt(0);
    const bytes = (amount: number): readonly Charge[] => [
      { rate: 'log-lines', amount: 1 },
      { rate: 'log-bytes', amount },
    ];
    expect(take(ledger, 'a', bytes(RATES['log-bytes'] - 1))).toBe('taken');
    expect(take(ledger, 'a', bytes(2))).toBe('refused');
    expect(take(ledger, 'a', bytes(1))).toBe('taken');
    expect(
      many(RATES['log-lines'] - 2, () => take(ledger, 'a', [{ rate: 'log-lines', amount: 1 }])),
    ).not.toContain('refused');
  });
});

describe('a stock', () => {
  const { perInstance, perCapsule } = STOCKS.subscriptions;

  it('is limited in an instance and in all of the capsule’s together', () => {
    const { ledger } = ledgerAt(0);
    const instances = Array.from({ length: perCapsule / perInstance }, () => ({}));
    for (const instance of instances) {
      expect(many(perInstance, () => take(ledger, 'a', SUBSCRIPTION, instance))).not.toContain('refused');
      expect(take(ledger, 'a', SUBSCRIPTION, instance)).toBe('refused');
    }
    expect(take(ledger, 'a', SUBSCRIPTION, {})).toBe('refused');
    expect(take(ledger, 'b', SUBSCRIPTION, {})).toBe('taken');
  });

  it('has room again for what is given back, once', () => {
    const { ledger } = ledgerAt(0);
    const payer = { capsule: 'a', instance: {} };
    const first = ledger.take(payer, SUBSCRIPTION);
    many(perInstance - 1, () => take(ledger, 'a', SUBSCRIPTION, payer.instance));
    if (first.ok) {
      first.giveBack();
      first.giveBack();
    }
    expect(many(2, () => take(ledger, 'a', SUBSCRIPTION, payer.instance))).toEqual(['taken', 'refused']);
  });

  it('is never over its limits, whatever is taken and given back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 60 }), fc.boolean())), (steps) => {
        const { ledger } = ledgerAt(0);
        const held = [0, 0, 0];
        const instances = [{}, {}, {}];
        for (const [at, amount, keep] of steps) {
          const before = held[at] ?? 0;
          const answer = ledger.take({ capsule: 'a', instance: instances[at] ?? {} }, [
            { stock: 'subscriptions', amount },
          ]);
          expect(answer.ok).toBe(before + amount <= perInstance);
          if (answer.ok && keep) {
            held[at] = before + amount;
          } else if (answer.ok) {
            answer.giveBack();
          }
        }
      }),
    );
  });
});
