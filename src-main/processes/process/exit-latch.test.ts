import { expect, it } from 'vitest';
import { ExitLatch } from './exit-latch.ts';

const view = { code: 3, signal: null, reason: 'self' } as const;

it('an exit is told to everybody who waits, once cleanup has seen it, and stays', async () => {
  const latch = new ExitLatch();
  const order: unknown[] = [];
  const forget = latch.event(() => order.push('forgotten'));
  latch.event((exit) => order.push(exit));
  forget();
  expect(latch.view).toBeNull();
  latch.set(view, () => order.push(['cleanup', latch.view]));
  expect(order).toEqual([['cleanup', view], view]);
  expect([latch.view, await latch.promise]).toEqual([view, view]);
});
