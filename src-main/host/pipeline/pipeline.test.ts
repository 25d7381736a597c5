import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../base/deferred.ts';
import { TypedError } from '../../base/typed-error.ts';
import type { AuditRecord } from '../../policy/audit-record.ts';
import { noRights } from '../../policy/gate.ts';
import { createQuotaBook, QUOTA_PER_SECOND } from '../../policy/quota.ts';
import { HandleTable } from './handle-table.ts';
import {
  nothing,
  type Call,
  type HostFunction,
  type InterfaceErrors,
  type Signature,
} from './host-function.ts';
import { createPipeline } from './pipeline.ts';
import { GuestTrap, WitError } from './wit-error.ts';

const errors: InterfaceErrors<unknown> = {
  denied: { tag: 'capability-denied' },
  quota: { tag: 'quota' },
  cancelled: { tag: 'cancelled' },
  unknown: (text) => ({ tag: 'unknown', val: text }),
  byCode: { 'too-large': () => ({ tag: 'too-large' }), 'not-yours': () => ({ tag: 'capability-denied' }) },
};

const harmless: HostFunction<Signature> = {
  needs: nothing('a test'),
  audit: 'always',
  target: (first) => `on ${String(first)}`,
  run: (_call, first) => `did ${String(first)}`,
};

/** A pipeline with one function, `test#act`, at a time that stands still. */
function pipelineWith(record: Partial<HostFunction<Signature>>, fallible = true) {
  const records: AuditRecord[] = [];
  const reports: { readonly message: string; readonly error: unknown }[] = [];
  const clock = { now: () => 1_700_000_000_000, monotonicNs: () => 0n };
  const pipeline = createPipeline({
    operations: new Map([
      ['test#act', { name: 'test#act', function: { ...harmless, ...record }, errors, fallible }],
    ]),
    quotas: createQuotaBook(clock),
    clock,
    audit: (entry) => void records.push(entry),
    report: (message, error) => void reports.push({ message, error }),
  });
  return {
    records,
    reports,
    ask: (call: Call, ...args: unknown[]) => pipeline(call, 'test#act', args),
    pipeline,
  };
}

function callOf(signal = new AbortController().signal, rights = noRights): Call {
  return {
    capsule: 'tester',
    capsuleUuid: 'uuid',
    principal: 'anna',
    rights,
    invocation: null,
    signal,
    handles: new HandleTable(),
    ready: () => undefined,
  };
}

const throwing = (error: unknown): Partial<HostFunction<Signature>> => ({
  run: () => {
    throw error as Error;
  },
});

describe('an allowed call', () => {
  it('is answered with what the function returns and recorded once, with who, what and on what', async () => {
    const { ask, records } = pipelineWith({});
    await expect(ask(callOf(), 'x')).resolves.toEqual({ tag: 'ok', value: 'did x' });
    expect(records).toEqual([
      {
        at: 1_700_000_000_000,
        capsule: 'tester',
        principal: 'anna',
        action: 'test#act',
        target: 'on x',
        outcome: 'allowed',
        reason: '',
      },
    ]);
  });

  it('leaves no record when only refusals are recorded', async () => {
    const { ask, records } = pipelineWith({ audit: 'refusals' });
    await ask(callOf(), 'x');
    expect(records).toEqual([]);
  });

  it('is answered only when its record is written, so that no evidence is lost', async () => {
    const written = deferred<undefined>();
    const order: string[] = [];
    const pipeline = createPipeline({
      operations: new Map([['test#act', { name: 'test#act', function: harmless, errors, fallible: true }]]),
      quotas: { take: () => 'taken' },
      clock: { now: () => 0, monotonicNs: () => 0n },
      audit: () => written.promise,
      report: () => undefined,
    });
    const answered = pipeline(callOf(), 'test#act', []).then(() => order.push('answered'));
    await nextTurn();
    order.push('written');
    written.resolve(undefined);
    await answered;
    expect(order).toEqual(['written', 'answered']);
  });
});

describe('the order of the checks', () => {
  const needy = {
    needs: () => [{ kind: 'flag', capability: 'uplink' } as const],
    quota: 'spawns',
    run: () => {
      throw new Error('must not run');
    },
  } as const;

  it('asks for cancellation before the quota, and the quota before the gate, and runs last', async () => {
    const { ask, records } = pipelineWith(needy);
    await expect(ask(callOf(AbortSignal.abort()))).resolves.toMatchObject({ value: { tag: 'cancelled' } });
    for (let used = 0; used < QUOTA_PER_SECOND.spawns; used += 1) {
      await expect(ask(callOf())).resolves.toMatchObject({ value: { tag: 'capability-denied' } });
    }
    await expect(ask(callOf())).resolves.toEqual({ tag: 'err', value: { tag: 'quota' } });
    expect(records.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
      'cancelled: cancelled',
      ...Array.from({ length: QUOTA_PER_SECOND.spawns }, () => 'denied: uplink is not granted'),
      'denied: more spawns in one second than allowed',
    ]);
  });

  it('records only the first refusal of a second for too many calls, so that refusals cannot fill the disk', async () => {
    const { ask, records } = pipelineWith({ quota: 'spawns' });
    for (let used = 0; used < QUOTA_PER_SECOND.spawns + 100; used += 1) {
      await ask(callOf());
    }
    expect(records.filter(({ outcome }) => outcome === 'denied')).toHaveLength(1);
    expect(records).toHaveLength(QUOTA_PER_SECOND.spawns + 1);
  });

  it('counts each principal for itself', async () => {
    const { ask } = pipelineWith({ quota: 'spawns' });
    for (let used = 0; used <= QUOTA_PER_SECOND.spawns; used += 1) {
      await ask(callOf());
    }
    await expect(ask({ ...callOf(), principal: 'bert' }, 'x')).resolves.toMatchObject({ tag: 'ok' });
  });

  it('runs what the rights cover', async () => {
    const { ask } = pipelineWith({ ...needy, run: () => 'ran' });
    const rights = { ...noRights, uplink: true };
    await expect(ask(callOf(undefined, rights))).resolves.toEqual({ tag: 'ok', value: 'ran' });
  });
});

describe('a function that fails', () => {
  it.each([
    ['its own error', new WitError({ tag: 'closed' }), { tag: 'closed' }, 'failed', 'closed'],
    [
      'its own denial',
      new WitError({ tag: 'capability-denied' }),
      { tag: 'capability-denied' },
      'denied',
      'capability-denied',
    ],
    [
      'an error that the table names',
      new TypedError('too-large', 'm', 'h'),
      { tag: 'too-large' },
      'failed',
      'too-large',
    ],
    [
      'an error that the table names a denial',
      new TypedError('not-yours', 'm', 'h'),
      { tag: 'capability-denied' },
      'denied',
      'capability-denied',
    ],
  ] as const)('answers %s as the interface says it', async (_name, error, value, outcome, reason) => {
    const { ask, records, reports } = pipelineWith(throwing(error));
    await expect(ask(callOf())).resolves.toEqual({ tag: 'err', value });
    expect(records).toMatchObject([{ outcome, reason }]);
    expect(reports).toEqual([]);
  });

  it.each([
    ['a bug', new TypeError('/home/anna/secret is not a function')],
    ['a typed error that no table names', new TypedError('elsewhere', '/home/anna/secret', 'h')],
    ['something that is no error', '/home/anna/secret'],
  ])('tells the guest nothing of %s, but the host’s log all', async (_name, error) => {
    const { ask, records, reports } = pipelineWith({ audit: 'refusals', ...throwing(error) });
    const answer = await ask(callOf());
    expect(answer).toEqual({ tag: 'err', value: { tag: 'unknown', val: expect.any(String) } });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(reports).toEqual([{ message: 'test#act failed', error }]);
    expect(records).toMatchObject([{ outcome: 'failed', reason: 'host failure' }]);
    expect(JSON.stringify(records)).not.toContain('secret');
  });

  it('does the same for a promise that rejects', async () => {
    const { ask, reports } = pipelineWith({ run: () => Promise.reject(new Error('secret')) });
    await expect(ask(callOf())).resolves.toMatchObject({ tag: 'err', value: { tag: 'unknown' } });
    expect(reports).toHaveLength(1);
  });

  it('is recorded once even when its arguments cannot be described', async () => {
    const { ask, records } = pipelineWith({
      target: () => {
        throw new Error('no target');
      },
    });
    await ask(callOf(), 'x');
    expect(records).toMatchObject([{ target: '', outcome: 'allowed' }]);
  });

  it('traps on a broken rule of the component model', async () => {
    const { ask, records } = pipelineWith(throwing(new GuestTrap('7 is not a live handle')));
    await expect(ask(callOf())).resolves.toEqual({ tag: 'trap', message: '7 is not a live handle' });
    expect(records).toMatchObject([{ outcome: 'failed' }]);
  });
});

describe('an unknown function', () => {
  it('traps', async () => {
    const { pipeline } = pipelineWith({});
    await expect(pipeline(callOf(), 'astrid:nothing/host@9.9.9#go', [])).resolves.toEqual({
      tag: 'trap',
      message: 'The host has no function astrid:nothing/host@9.9.9#go.',
    });
  });
});

describe('a function without an error type', () => {
  it('answers its stand-in when it is refused', async () => {
    const { ask, records } = pipelineWith({ refused: () => 'stand-in' }, false);
    await expect(ask(callOf(AbortSignal.abort()))).resolves.toEqual({ tag: 'ok', value: 'stand-in' });
    expect(records).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it.each([
    ['is refused and has no stand-in', {}, AbortSignal.abort()],
    ['fails', throwing(new Error('secret')), new AbortController().signal],
  ])('traps when it %s', async (_name, record, signal) => {
    const { ask } = pipelineWith(record, false);
    const answer = await ask(callOf(signal));
    expect(answer).toMatchObject({ tag: 'trap' });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});

describe('a cancel while the function runs', () => {
  it('answers at once, records once, and swallows what the run does afterwards', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', onUnhandled);
    try {
      const late = deferred<string>();
      const cancel = new AbortController();
      const { ask, records, reports } = pipelineWith({ run: () => late.promise });
      const answer = ask(callOf(cancel.signal), 'x');
      cancel.abort();
      await expect(answer).resolves.toEqual({ tag: 'err', value: { tag: 'cancelled' } });
      late.reject(new Error('too late'));
      await nextTurn();
      await nextTurn();
      expect(records).toMatchObject([{ outcome: 'cancelled', reason: 'cancelled', target: 'on x' }]);
      expect(reports).toEqual([]);
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', onUnhandled);
    }
  });

  it('answers the value that the contract names for it, and is recorded as a cancel', async () => {
    const cancel = new AbortController();
    const { ask, records } = pipelineWith({
      run: () => new Promise(() => undefined),
      whenCancelled: () => 'nothing came',
    });
    const answer = ask(callOf(cancel.signal), 'x');
    cancel.abort();
    await expect(answer).resolves.toEqual({ tag: 'ok', value: 'nothing came' });
    await expect(ask(callOf(cancel.signal), 'x')).resolves.toEqual({ tag: 'ok', value: 'nothing came' });
    expect(records).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'cancelled' }]);
  });

  it('wins over the error that the run throws because of it', async () => {
    const cancel = new AbortController();
    const { ask, reports } = pipelineWith({
      run: () => {
        cancel.abort();
        throw new Error('a consequence');
      },
    });
    await expect(ask(callOf(cancel.signal))).resolves.toEqual({ tag: 'err', value: { tag: 'cancelled' } });
    expect(reports).toEqual([]);
  });
});
