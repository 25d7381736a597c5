import { afterAll, describe, expect, it } from 'vitest';
import type { ProcessTier } from '../../contract/views.ts';
import { makeWorkspace, script } from '../../os/testing.ts';
import { makeLabel, planProcess, type ProcessPlan, type ProcessSpec } from './spec.ts';

const { path: workspace, remove } = makeWorkspace();
afterAll(remove);
const { stdin: _none, ...spec } = await script(workspace, '', { command: 'git', args: ['log', '-1'] });

describe('a label', () => {
  it.each([
    ['plain', 'plain'],
    ['a\nb\u001b[31mc\u0085d', 'ab[31mcd'],
    ['x'.repeat(200), 'x'.repeat(128)],
    [`${'x'.repeat(127)}é`, 'x'.repeat(127)],
    ['😀'.repeat(40), '😀'.repeat(32)],
  ])('of %j is %j', (text, label) => {
    expect(makeLabel(text)).toBe(label);
  });

  it('is the command and its arguments when none was given', () => {
    expect(planProcess(spec, 'persistent').label).toBe('git log -1');
  });
});

describe('a plan', () => {
  it('fills in the defaults', () => {
    expect(planProcess(spec, 'persistent')).toMatchObject({
      ...{ keepStdinOpen: false, overflow: 'drop-oldest', ringBytes: 1_048_576, initialStdin: null },
      ...{ maxLifetimeMs: 21_600_000, idleTimeoutMs: 1_800_000, exitRetentionMs: 300_000 },
      spawn: { stdin: 'none' },
    });
    expect(planProcess(spec, 'ephemeral').idleTimeoutMs).toBeNull();
    expect(planProcess(spec, 'sync').maxLifetimeMs).toBe(300_000);
  });

  it('keeps to the limits', () => {
    const much = { maxLifetimeMs: 1e12, idleTimeoutMs: 1e12, exitRetentionMs: 1e12, ringBytes: 1e12 };
    expect(planProcess({ ...spec, ...much }, 'persistent')).toMatchObject({
      ...{
        maxLifetimeMs: 21_600_000,
        idleTimeoutMs: 21_600_000,
        exitRetentionMs: 3_600_000,
        ringBytes: 8_388_608,
      },
    });
  });

  it.each<[string, Partial<ProcessSpec>, ProcessTier, Partial<ProcessPlan>]>([
    [
      'as it was asked for',
      { ringBytes: 5_000, overflow: 'backpressure' },
      'sync',
      { ringBytes: 5_000, overflow: 'backpressure' },
    ],
    ['a ring of 4 KiB at least', { ringBytes: 1 }, 'sync', { ringBytes: 4_096 }],
    ['a shorter lifetime', { maxLifetimeMs: 70 }, 'sync', { maxLifetimeMs: 70 }],
    [
      'a call that waits longer than by default',
      { maxLifetimeMs: 1e12 },
      'sync',
      { maxLifetimeMs: 21_600_000 },
    ],
    ['all its time, when no call waits', {}, 'ephemeral', { maxLifetimeMs: 21_600_000, idleTimeoutMs: null }],
    ['no idle time of what is not persistent', { idleTimeoutMs: 5 }, 'ephemeral', { idleTimeoutMs: null }],
    ['an idle time', { idleTimeoutMs: 5 }, 'persistent', { idleTimeoutMs: 5 }],
    ['no retention at all', { exitRetentionMs: 0 }, 'persistent', { exitRetentionMs: 0 }],
    ['a label of its own', { label: 'web\n server' }, 'sync', { label: 'web server' }],
  ])('keeps %s', (_name, asked, tier, planned) => {
    expect(planProcess({ ...spec, ...asked }, tier)).toMatchObject(planned);
  });

  it.each<[Partial<ProcessSpec>, 'pipe' | 'none']>([
    [{}, 'none'],
    [{ keepStdinOpen: false }, 'none'],
    [{ keepStdinOpen: true }, 'pipe'],
    [{ stdin: new Uint8Array() }, 'pipe'],
    [{ stdin: new Uint8Array(4 * 1024 * 1024), keepStdinOpen: true }, 'pipe'],
  ])('has an input where something comes by it: %#', (asked, stdin) => {
    const plan = planProcess({ ...spec, ...asked }, 'sync');
    expect(plan.spawn.stdin).toBe(stdin);
    expect(plan.initialStdin).toBe(asked.stdin ?? null);
    expect(plan.keepStdinOpen).toBe(asked.keepStdinOpen ?? false);
  });

  it('shows the command as it was asked for, with what was asked of the kernel beside it', () => {
    const plan = planProcess(
      { ...spec, limits: { maxPids: 7, maxCpuSecs: 1_000 }, maxLifetimeMs: 60_000 },
      'sync',
    );
    expect(plan).toMatchObject({
      ...{ command: 'git', shownCommand: { words: ['git', 'log', '-1'], cut: false } },
      ...{ spawn: { args: ['log', '-1'], limits: { maxPids: 7, maxCpuSecs: 60 } } },
      limits: { tasks: 7, cpuMs: 60_000 },
    });
  });

  it('refuses an idle time-out of zero and an input over 4 MiB, and says what to do instead', () => {
    const refusal = (code: string, hint: RegExp): Error =>
      expect.objectContaining({ code, hint: expect.stringMatching(hint) as string }) as Error;
    expect(() => planProcess({ ...spec, idleTimeoutMs: 0 }, 'persistent')).toThrow(
      refusal('invalid-input', /default/u),
    );
    const stdin = new Uint8Array(4 * 1024 * 1024 + 1);
    expect(() => planProcess({ ...spec, stdin }, 'sync')).toThrow(refusal('too-large', /keep-stdin-open/u));
    expect(() => planProcess({ ...spec, stdin }, 'sync')).toThrow('4194305 bytes (limit: 4194304)');
  });
});
