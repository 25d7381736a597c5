import { describe, expect, it } from 'vitest';
import type { ExitView } from '../../src-main/contract/views.ts';
import { SIGNAL_NUMBERS } from '../../src-main/os/proc/signals.ts';
import { endedWell, formatExit, signalChoices } from './format-exit.ts';

const exit = (code: number | null, signal: number | null, reason: ExitView['reason']): ExitView => ({
  code,
  signal,
  reason,
});

/** In the order of their numbers, from 1. */
const LINUX = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU ' +
  'URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
).split(' ');

describe('an exit in words', () => {
  it.each([
    [exit(0, null, 'self'), 'exited 0'],
    [exit(3, null, 'self'), 'exited 3'],
    [exit(null, 11, 'self'), 'killed by SIGSEGV (11)'],
    [exit(0, null, 'stopped'), 'exited 0 after stop'],
    [exit(null, 9, 'stopped'), 'killed by SIGKILL (9) after stop'],
    [exit(1, null, 'lifetime'), 'exited 1 at its maximum lifetime'],
    [exit(null, 2, 'cancelled'), 'killed by SIGINT (2), call cancelled'],
    [exit(null, 15, 'unloaded'), 'killed by SIGTERM (15), stopped with its capsule'],
    [exit(null, 9, 'killed'), 'killed by SIGKILL (9) on request'],
    [exit(null, 15, 'shutdown'), 'killed by SIGTERM (15) at shutdown'],
    [exit(null, 15, 'idle'), 'killed by SIGTERM (15) after its idle timeout'],
    [exit(null, 40, 'self'), 'killed by signal 40'],
    [exit(null, null, 'self'), 'exited with unknown status'],
  ])('%j reads "%s"', (view, words) => {
    expect(formatExit(view, null, null)).toBe(words);
  });

  it('calls the signals that end programs in practice as signal(7) does, others by their number', () => {
    const numbers = Array.from({ length: 65 }, (_, number) => number);
    const words = numbers.map((signal) => formatExit(exit(null, signal, 'self'), null, null));
    const byNumber = ['TRAP', 'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG'];
    byNumber.push('VTALRM', 'PROF', 'WINCH', 'IO', 'PWR');
    expect(words).toEqual(
      numbers.map((number) => {
        const name = LINUX[number - 1];
        return name === undefined || byNumber.includes(name)
          ? `killed by signal ${number}`
          : `killed by SIG${name} (${number})`;
      }),
    );
  });

  it('says how long the stop took when the stop was seen', () => {
    const stop = { step: 'kill', since: 1_000, graceMs: 5_000, killAt: 6_000, revocable: false } as const;
    expect(formatExit(exit(null, 9, 'stopped'), stop, 6_030)).toBe('killed by SIGKILL (9) 5.0 s after stop');
    expect(formatExit(exit(0, null, 'stopped'), stop, 1_120)).toBe('exited 0 120 ms after stop');
    expect(formatExit(exit(0, null, 'stopped'), stop, null)).toBe('exited 0 after stop');
    expect(formatExit(exit(0, null, 'self'), stop, 1_120)).toBe('exited 0');
  });

  it.each([
    ['memory-limit', 'at its memory limit, 64 MiB', 'killed by SIGKILL (9) at its memory limit'],
    ['cpu-limit', 'at its CPU limit, 2 s', 'killed by SIGKILL (9) at its CPU limit'],
    ['pids-limit', 'at its process limit, 512', 'killed by SIGKILL (9) at its process limit'],
    ['disk-quota', 'over the disk quota', 'killed by SIGKILL (9) over the disk quota of its principal'],
  ] as const)('names the limit and how high it was: %s', (reason, words, without) => {
    const limits = { memoryBytes: 64 * 1024 * 1024, cpuMs: 2000, tasks: 512 };
    expect(formatExit(exit(null, 9, reason), null, null, limits)).toBe(words);
    expect(formatExit(exit(null, 9, reason), null, null)).toBe(without);
    expect(endedWell(exit(null, 9, reason))).toBe(false);
  });

  it.each([
    [2_000, '2 s'],
    [2_500, '2.5 s'],
    [90_000, '1 m 30 s'],
    [null, null],
  ])('says a CPU limit of %j ms as %j', (cpuMs, words) => {
    const limits = { memoryBytes: 1, cpuMs, tasks: 1 };
    expect(formatExit(exit(null, 9, 'cpu-limit'), null, null, limits)).toBe(
      words === null ? 'killed by SIGKILL (9) at its CPU limit' : `at its CPU limit, ${words}`,
    );
    expect(formatExit(exit(3, null, 'self'), null, null, limits)).toBe('exited 3');
  });

  it('asks for attention only when nobody here wanted the end and the status is not 0', () => {
    expect(
      [exit(0, null, 'self'), exit(null, 9, 'killed'), exit(1, null, 'self'), exit(null, 11, 'self')].map(
        endedWell,
      ),
    ).toEqual([true, true, false, false]);
  });
});

describe('the signals to choose from', () => {
  it('are all of the contract, each once, by the name that the system has for it, with a word on what it does', () => {
    const all = Object.keys(SIGNAL_NUMBERS);
    expect(signalChoices.map(({ signal }) => signal).toSorted()).toEqual(all.toSorted());
    for (const { signal, name, purpose } of signalChoices) {
      expect(name).toBe(`SIG${signal.toUpperCase()}`);
      expect(purpose).toMatch(/^[\w -]{4,}$/u);
    }
  });
});
