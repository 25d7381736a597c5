import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeClock } from './testing.ts';
import { TokenBucket } from './token-bucket.ts';

describe('a token bucket', () => {
  it('gives its burst at once and then what comes back', () => {
    const clock = fakeClock();
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, clock);
    expect([1, 2, 3, 4].map(() => bucket.take(1))).toEqual([true, true, true, false]);
    clock.pass(100);
    expect([bucket.take(1), bucket.take(1)]).toEqual([true, false]);
    clock.pass(3_600_000);
    expect([bucket.take(3), bucket.take(1)]).toEqual([true, false]);
  });

  it('takes all of an amount or nothing, and nothing that is no amount', () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 3 }, fakeClock());
    expect([4, Infinity, Number.NaN, 3].map((amount) => bucket.take(amount))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('gives over any stretch of time at most the burst and what that time brings', () => {
    const step = fc.record({ wait: fc.nat(3_000), amount: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), fc.nat(40), fc.nat(40), (steps, perSecond, burst) => {
        const clock = fakeClock();
        const bucket = new TokenBucket({ perSecond, burst }, clock);
        const taken: { readonly at: number; readonly amount: number }[] = [];
        for (const { wait, amount } of steps) {
          clock.pass(wait);
          if (bucket.take(amount)) {
            taken.push({ at: clock.monotonic(), amount });
          }
        }
        for (const [first, { at: from }] of taken.entries()) {
          let sum = 0;
          for (const { at, amount } of taken.slice(first)) {
            sum += amount;
            expect(sum).toBeLessThanOrEqual(burst + ((at - from) / 1_000) * perSecond + 1e-6);
          }
        }
      }),
    );
  });
});
