import { expect, it } from 'vitest';
import { fakeClock } from '../../base/testing.ts';
import { UseClock } from './use-clock.ts';

it('a process is idle since its last use, and never while somebody waits for it', () => {
  const clock = fakeClock();
  clock.pass(70);
  const use = new UseClock(clock);
  clock.pass(30);
  expect(use.idleMs).toBe(30);
  use.touch();
  clock.pass(5);
  expect(use.idleMs).toBe(5);
  const [endFirst, endSecond] = [use.beginWait(), use.beginWait()];
  clock.pass(100);
  expect(use.idleMs).toBe(0);
  endFirst();
  clock.pass(100);
  expect(use.idleMs).toBe(0);
  endSecond();
  expect(use.idleMs).toBe(0);
  clock.pass(7);
  expect(use.idleMs).toBe(7);
});
