import { describe, expect, it } from 'vitest';
import {
  commandBesideLabel,
  formatLifetime,
  formatProcess,
  formatRun,
  secondsToKill,
} from './format-process.ts';

describe('a process in words', () => {
  it('says how long it ran and when it ended, once it has ended', () => {
    const startedAt = new Date(2026, 0, 2, 14, 2, 9).getTime();
    expect(formatRun({ startedAt, exitedAt: startedAt + 2_000 })).toBe('ran 2.0 s, ended 14:02:11');
    expect(formatRun({ startedAt, exitedAt: startedAt + 192_000 })).toBe('ran 3 m 12 s, ended 14:05:21');
    expect(formatRun({ startedAt, exitedAt: null })).toBeNull();
  });

  it('tells it from others by PID and command, in characters that cannot fake anything', () => {
    expect(formatProcess({ osPid: 28_830, command: ['sh', '-c', 'sleep 600'], commandCut: false })).toBe(
      'PID 28830 · sh -c sleep 600',
    );
    expect(formatProcess({ osPid: null, command: ['a\u202eb'], commandCut: true })).toBe('a\\u{202e}b…');
  });

  it.each([
    ['worker', ['sleep', '600'], 'sleep 600'],
    ['sleep 600', ['sleep', '600'], null],
    ['sh -c ab', ['sh', '-c', 'a\nb'], null],
    ['sleep', ['sleep', '600'], 'sleep 600'],
  ])('beside the label "%s" of %j stands %j', (label, command, words) => {
    expect(commandBesideLabel({ label, command, commandCut: false })).toBe(words);
  });

  it.each([
    // Since the stop, in ms; before it when the clock last selected earlier.
    [-1_000, 5],
    [-1, 5],
    [0, 5],
    [1, 5],
    [1_000, 4],
    [4_999, 1],
    [5_000, 0],
    [9_000, 0],
  ])('counts down from the grace of 5 s: %d ms after the stop %d s are left', (after, left) => {
    expect(secondsToKill({ killAt: 15_000, graceMs: 5_000 }, 10_000 + after)).toBe(left);
  });

  it('says how long it may live, for each tier in other words', () => {
    expect((['sync', 'ephemeral', 'persistent'] as const).map(formatLifetime)).toEqual([
      'one call',
      'instance',
      'persistent',
    ]);
  });

  it('counts seconds that have begun, of a grace as of what is left', () => {
    expect(secondsToKill({ killAt: 11_500, graceMs: 1_500 }, 10_000)).toBe(2);
    expect(secondsToKill({ killAt: 11_500, graceMs: 1_500 }, 0)).toBe(2);
    expect(secondsToKill({ killAt: 11_500, graceMs: 1_500 }, 11_499)).toBe(1);
  });
});
