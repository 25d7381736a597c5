import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pulse } from './pulse.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function beating() {
  const told: number[] = [];
  const begin = Date.now();
  return { told, pulse: new Pulse(() => told.push(Date.now() - begin), 1_000) };
}

it('many things at once are told once, a pause after the first of them, and again after the next pause', () => {
  const { told, pulse } = beating();
  pulse.beat();
  for (let ms = 0; ms < 2_500; ms += 100) {
    vi.advanceTimersByTime(100);
    pulse.beat();
  }
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([1_000, 2_000, 3_000]);
});

it('what happened before a stop is not told, what happens after it is', () => {
  const { told, pulse } = beating();
  pulse.beat();
  pulse.stop();
  vi.advanceTimersByTime(5_000);
  expect([told, vi.getTimerCount()]).toEqual([[], 0]);
  pulse.beat();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual([6_000]);
});
