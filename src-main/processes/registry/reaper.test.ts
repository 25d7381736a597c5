import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProcessPhase } from '../../contract/views.ts';
import { evaluate, Reaper, type Decision } from './reaper.ts';

/** Allowed to run for 1,000 ms and to be idle for 100; shown for 500 after its end. */
const plan = { maxLifetimeMs: 1_000, idleTimeoutMs: 100, exitRetentionMs: 500 };

describe('what is due for a process', () => {
  it.each<[ProcessPhase, ageMs: number, idleMs: number, endedForMs: number | null, due: Decision]>([
    ['running', 0, 0, null, null],
    ['running', 999, 99, null, null],
    ['running', 999, 100, null, 'idle'],
    ['running', 1_000, 0, null, 'lifetime'],
    ['running', 1_000, 1_000, null, 'lifetime'],
    ['starting', 5_000, 5_000, null, null],
    ['stopping', 5_000, 5_000, null, null],
    ['exited', 5_000, 5_000, 0, null],
    ['exited', 5_000, 5_000, 499, null],
    ['exited', 5_000, 5_000, 500, 'forget'],
  ])('%s for %d ms, idle for %d ms, ended for %j ms: %j', (phase, ageMs, idleMs, endedForMs, due) => {
    expect(evaluate({ phase, plan, times: { ageMs, endedForMs }, use: { idleMs } })).toBe(due);
  });

  it('is never idleness where none is limited', () => {
    const times = { ageMs: 999, endedForMs: null };
    const unlimited = { ...plan, idleTimeoutMs: null };
    expect(evaluate({ phase: 'running', plan: unlimited, times, use: { idleMs: 999 } })).toBeNull();
  });
});

describe('a reaper', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('looks every two seconds while there is something to watch, and not before two have passed', () => {
    const sweep = vi.fn<() => void>();
    const reaper = new Reaper(sweep);
    reaper.watch(false);
    vi.advanceTimersByTime(10_000);
    expect(sweep).toHaveBeenCalledTimes(0);
    reaper.watch(true);
    vi.advanceTimersByTime(1_500);
    // Something more to watch changes nothing.
    reaper.watch(true);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(500);
    expect(sweep).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(4_000);
    expect(sweep).toHaveBeenCalledTimes(3);
    reaper.watch(false);
    expect(vi.getTimerCount()).toBe(0);
    reaper.watch(true);
    vi.advanceTimersByTime(2_000);
    expect(sweep).toHaveBeenCalledTimes(4);
    reaper.watch(false);
  });
});
