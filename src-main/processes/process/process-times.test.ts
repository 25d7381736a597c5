import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing.ts';
import { ProcessTimes } from './process-times.ts';

it('a process ages until its end and is ended from then on, whatever the wall clock is set to', () => {
  const clock = fakeClock(1_000);
  clock.pass(500);
  const times = new ProcessTimes(clock);
  clock.pass(40);
  clock.step(-700);
  expect([times.startedAt, times.exitedAt, times.ageMs, times.endedForMs, times.mark()]).toEqual([
    ...[1_500, null, 40, null, 1_540],
  ]);
  clock.pass(10);
  times.end();
  clock.pass(5);
  expect([times.startedAt, times.exitedAt, times.ageMs, times.endedForMs]).toEqual([1_500, 850, 50, 5]);
});
