import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing.ts';
import { startRunLoop } from './run-loop.ts';

it.each([
  ['forth', 11 * 60_000],
  ['back', -60 * 60_000],
])('a crash counts as one more in a row when the wall clock was set %s meanwhile', async (_name, ms) => {
  const clock = fakeClock();
  const loop = startRunLoop(
    () => ({
      call() {
        clock.pass(1_000);
        clock.step(ms);
        return Promise.resolve({ kind: 'trapped', message: 'unreachable' });
      },
      terminate: () => Promise.resolve(),
    }),
    () => undefined,
    clock,
  );
  await expect.poll(loop.restarts, { timeout: 8_000 }).toBe(2);
  expect(loop.state()).toEqual({ kind: 'restarting', reason: 'unreachable', at: clock.now() + 4_000 });
  await loop.dispose();
});

it('that cannot be started is tried again as after a crash', async () => {
  const loop = startRunLoop(
    () => {
      throw new Error('no thread to be had');
    },
    () => undefined,
    fakeClock(),
  );
  expect(loop.state()).toMatchObject({ kind: 'restarting', reason: 'no thread to be had' });
  await loop.dispose();
});
