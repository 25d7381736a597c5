import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { UpdateStep, UpdateAction } from '../../contract/updates.ts';
import { became, mayChangeFeed, stepAfter, type UpdateOutcome } from './steps.ts';

const version = '1.2.3';
const failed = { state: 'failed', message: 'm', hint: 'h' } as const;
const steps: readonly UpdateStep[] = [
  { state: 'off', reason: '' },
  { state: 'unsupported', reason: 'r' },
  { state: 'idle' },
  { state: 'checking' },
  { state: 'current' },
  { state: 'available', version },
  { state: 'downloading', version, percent: 10 },
  { state: 'ready', version },
  { state: 'installing', version },
  { ...failed, retry: 'check' },
  { ...failed, retry: 'download', version },
  { ...failed, retry: 'install', version },
];
const actions: readonly UpdateAction[] = ['check', 'download', 'cancel', 'install'];
const nameOf = (step: UpdateStep): string => (step.state === 'failed' ? `failed:${step.retry}` : step.state);

/** Every action that is granted; all others are refused. */
const granted: Readonly<Record<string, string>> = {
  'idle check': 'checking',
  'current check': 'checking',
  'available check': 'checking',
  'ready check': 'checking',
  'failed:check check': 'checking',
  'failed:download check': 'checking',
  'failed:install check': 'checking',
  'available download': 'downloading',
  'failed:download download': 'downloading',
  'downloading cancel': 'downloading',
  'ready install': 'installing',
  'failed:install install': 'installing',
};

describe('what a person may action', () => {
  it.each(steps.flatMap((step) => actions.map((action) => [nameOf(step), action, step] as const)))(
    'in %s: %s',
    (name, action, step) => {
      const leads = granted[`${name} ${action}`];
      if (leads === undefined) {
        expect(() => stepAfter(step, action)).toThrow(expect.objectContaining({ code: 'update-not-now' }));
      } else {
        expect(stepAfter(step, action).state).toBe(leads);
      }
    },
  );

  it('is no other feed while one is used', () => {
    expect(steps.filter((step) => !mayChangeFeed(step)).map(nameOf)).toEqual([
      'unsupported',
      'checking',
      'downloading',
      'installing',
    ]);
  });
});

describe('what becomes of it', () => {
  const failure = { kind: 'failed', message: 'm', hint: 'h' } as const;
  it.each<[UpdateStep, UpdateOutcome, UpdateStep]>([
    [{ state: 'checking' }, { kind: 'none' }, { state: 'current' }],
    [{ state: 'checking' }, { kind: 'found', version }, { state: 'available', version }],
    [{ state: 'checking' }, failure, { ...failed, retry: 'check' }],
    [{ state: 'checking' }, { kind: 'downloaded' }, { state: 'checking' }],
    [
      { state: 'downloading', version, percent: 10 },
      { kind: 'progress', percent: 55.9 },
      { state: 'downloading', version, percent: 55 },
    ],
    [
      { state: 'downloading', version, percent: 10 },
      { kind: 'progress', percent: 900 },
      { state: 'downloading', version, percent: 100 },
    ],
    [{ state: 'downloading', version, percent: 10 }, { kind: 'cancelled' }, { state: 'available', version }],
    [{ state: 'downloading', version, percent: 10 }, { kind: 'downloaded' }, { state: 'ready', version }],
    [{ state: 'downloading', version, percent: 10 }, failure, { ...failed, retry: 'download', version }],
    [
      { state: 'downloading', version, percent: 0 },
      { kind: 'found', version: '2.0.0' },
      { state: 'available', version: '2.0.0' },
    ],
    [{ state: 'downloading', version, percent: 0 }, { kind: 'none' }, { state: 'current' }],
    [{ state: 'installing', version }, failure, { ...failed, retry: 'install', version }],
    [{ state: 'idle' }, failure, { state: 'idle' }],
  ])('%j with %j is %j', (step, outcome, after) => {
    expect(became(step, outcome)).toEqual(after);
  });

  const outcome = fc.oneof(
    fc.constantFrom<UpdateOutcome>({ kind: 'none' }, { kind: 'downloaded' }, { kind: 'cancelled' }, failure),
    fc.double({ noNaN: true }).map((percent): UpdateOutcome => ({ kind: 'progress', percent })),
    fc.constantFrom('1.2.3', '2.0.0').map((found): UpdateOutcome => ({ kind: 'found', version: found })),
  );

  it('never downloads or installs without the action, in whatever order things happen', () => {
    const act = fc.oneof(
      outcome.map((value) => ({ outcome: value })),
      fc.constantFrom(...actions).map((value) => ({ action: value })),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        let step: UpdateStep = { state: 'idle' };
        for (const one of acts) {
          const before: UpdateStep = step;
          if ('action' in one) {
            try {
              step = stepAfter(step, one.action);
            } catch {
              continue;
            }
          } else {
            step = became(step, one.outcome);
            expect(step.state === 'downloading' && before.state !== 'downloading').toBe(false);
            expect(step.state === 'installing' && before.state !== 'installing').toBe(false);
            expect(step.state === 'ready' && !['ready', 'downloading'].includes(before.state)).toBe(false);
          }
        }
      }),
    );
  });
});
