import { describe, expect, it } from 'vitest';
import type { ExitView } from '../../src-main/contract/views.ts';
import { endedWell, formatExit } from './format-exit.ts';

const exit = (code: number | null, signal: number | null, reason: ExitView['reason']): ExitView => ({
  code,
  signal,
  reason,
});

describe('an exit in words', () => {
  it.each([
    [exit(0, null, 'self'), 'exited 0'],
    [exit(3, null, 'self'), 'exited 3'],
    [exit(null, 11, 'self'), 'killed by SIGSEGV (11)'],
    [exit(null, 9, 'stopped'), 'killed by SIGKILL (9) after stop'],
    [exit(null, 9, 'killed'), 'killed by SIGKILL (9) on request'],
    [exit(null, 15, 'shutdown'), 'killed by SIGTERM (15) at shutdown'],
    [exit(null, 15, 'idle'), 'killed by SIGTERM (15) after its idle timeout'],
    [exit(null, 40, 'self'), 'killed by signal 40'],
    [exit(null, null, 'self'), 'exited with unknown status'],
  ])('%j reads "%s"', (view, words) => {
    expect(formatExit(view, null, null)).toBe(words);
  });

  it('says how long the stop took when the stop was seen', () => {
    const stop = { step: 'kill', since: 1_000, graceMs: 5_000, killAt: 6_000, revocable: false } as const;
    expect(formatExit(exit(null, 9, 'stopped'), stop, 6_030)).toBe('killed by SIGKILL (9) 5.0 s after stop');
    expect(formatExit(exit(0, null, 'stopped'), stop, 1_120)).toBe('exited 0 120 ms after stop');
  });

  it.each([
    ['memory-limit', 'at its memory limit, 64 MiB', 'killed by SIGKILL (9) at its memory limit'],
    ['cpu-limit', 'at its CPU limit, 2 s', 'killed by SIGKILL (9) at its CPU limit'],
    ['pids-limit', 'at its process limit, 512', 'killed by SIGKILL (9) at its process limit'],
  ] as const)('names the limit and how high it was: %s', (reason, words, without) => {
    const limits = { memoryBytes: 64 * 1024 * 1024, cpuMs: 2000, tasks: 512 };
    expect(formatExit(exit(null, 9, reason), null, null, limits)).toBe(words);
    expect(formatExit(exit(null, 9, reason), null, null)).toBe(without);
    expect(endedWell(exit(null, 9, reason))).toBe(false);
  });

  it('asks for attention only when nobody here wanted the end and the status is not 0', () => {
    expect(
      [exit(0, null, 'self'), exit(null, 9, 'killed'), exit(1, null, 'self'), exit(null, 11, 'self')].map(
        endedWell,
      ),
    ).toEqual([true, true, false, false]);
  });
});
