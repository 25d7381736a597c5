import { describe, expect, it } from 'vitest';
import { planLimits } from '../usage/child-limits.ts';
import { reasonOfExit } from './exit-reason.ts';

const { tree: unlimited } = planLimits(undefined, 60_000);
const { tree: limited } = planLimits({ maxCpuSecs: 1 }, 60_000);
const exited = { code: 0, signal: null } as const;
const by = (signal: number): { readonly code: null; readonly signal: number } => ({ code: null, signal });

describe('the reason of an end', () => {
  it.each([
    ['an exit', exited, [], 'self'],
    ['a signal of its own', by(11), [], 'self'],
    ['a signal that somebody here sent', by(15), [15], 'killed'],
    ['a signal after another that it survived', by(11), [10], 'self'],
  ] as const)('that nobody asked for: %s', (_, exit, sent, reason) => {
    expect(reasonOfExit(exit, undefined, new Set(sent), unlimited, false)).toBe(reason);
  });

  it('is the limit of memory where the kernel says so and nobody here wanted another', () => {
    expect(reasonOfExit(by(9), undefined, new Set(), unlimited, true)).toBe('memory-limit');
    expect(reasonOfExit(by(9), 'cpu-limit', new Set(), limited, true)).toBe('cpu-limit');
    // One of its processes was ended, and it went on.
    expect(reasonOfExit(exited, undefined, new Set(), unlimited, true)).toBe('self');
  });

  it('is the limit of CPU time for its signal only when there is one', () => {
    expect(reasonOfExit(by(24), undefined, new Set(), limited, false)).toBe('cpu-limit');
    expect(reasonOfExit(by(24), undefined, new Set(), unlimited, false)).toBe('self');
  });

  it.each([
    ['it got TERM and exited', exited, [15], 'idle'],
    ['it got INT and exited', exited, [2], 'idle'],
    ['it ignored TERM and got KILL', by(9), [15], 'idle'],
    ['it got KILL at once', by(9), [], 'idle'],
    ['it had exited before the KILL', exited, [], 'self'],
    ['it had crashed before the KILL', by(11), [], 'self'],
    ['it had exited before the KILL, having handled another signal', exited, [10], 'self'],
    ['it had died of another signal before the KILL', by(10), [10], 'killed'],
  ] as const)('that somebody asked for: %s', (_, exit, sent, reason) => {
    expect(reasonOfExit(exit, 'idle', new Set(sent), unlimited, false)).toBe(reason);
  });
});
