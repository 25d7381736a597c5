import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../base/deferred.ts';
import { TypedError } from '../../base/typed-error.ts';
import { RATES, STOCKS } from '../../policy/charges.ts';
import { noRights } from '../../policy/rights.ts';
import type { InterfaceErrors } from './errors-of.ts';
import {
  hostFunctionOn,
  nothing,
  type Call,
  type Caller,
  type HostFunctionRecord,
  type Signature,
} from './host-function.ts';
import type { PipelineServices } from './pipeline.ts';
import { resource } from './resource.ts';
import { callerOfTest, makePipeline } from './testing.ts';
import { GuestTrap, WitError } from './wit-error.ts';

const errors: InterfaceErrors<unknown> = {
  denied: { tag: 'capability-denied' },
  quota: { tag: 'quota' },
  cancelled: { tag: 'cancelled' },
  unknown: (text) => ({ tag: 'unknown', val: text }),
  byCode: { 'too-large': () => ({ tag: 'too-large' }) },
};

type Record = HostFunctionRecord<Signature, string> & {
  readonly subject?: (call: Call, ...params: readonly unknown[]) => string | Promise<string>;
};

const harmless: Record = {
  needs: nothing('a test'),
  audit: 'always',
  target: (subject) => `on ${subject}`,
  run: (_call, subject) => `did ${subject}`,
};

const first = (_call: Call, ...params: readonly unknown[]): string => String(params[0]);

const clock = { now: () => 1_700_000_000_000 };

/** A pipeline with one function, `test#act`, which acts on its first argument, at a time that stands still. */
function pipelineWith(record: Partial<Record>, fallible = true, services: Partial<PipelineServices> = {}) {
  const { subject = first, ...rest } = { ...harmless, ...record };
  const entry = hostFunctionOn<Signature, string>(subject, rest);
  const made = makePipeline(
    new Map([['test#act', { name: 'test#act', function: entry, errors, fallible }]]),
    {
      clock,
      ...services,
    },
  );
  return { ...made, ask: (caller: Caller, ...args: unknown[]) => made.pipeline(caller, 'test#act', args) };
}

function callOf(signal = new AbortController().signal, rights = noRights): Caller {
  return callerOfTest({ signal, rights });
}

const throwing = (error: unknown): Partial<Record> => ({
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

  it('that is refused leaves one even so', async () => {
    const { ask, records } = pipelineWith({
      audit: 'refusals',
      needs: () => [{ kind: 'flag', capability: 'uplink' }],
    });
    await ask(callOf(), 'x');
    expect(records).toMatchObject([{ target: 'on x', outcome: 'denied', reason: 'uplink is not granted' }]);
  });

  it('is answered only when its record is written, so that no evidence is lost', async () => {
    const written = deferred<undefined>();
    const order: string[] = [];
    const { ask } = pipelineWith({}, true, { audit: () => written.promise });
    const answered = ask(callOf()).then(() => order.push('answered'));
    await nextTurn();
    order.push('written');
    written.resolve(undefined);
    await answered;
    expect(order).toEqual(['written', 'answered']);
  });
});

describe('the order of the checks', () => {
  const SPAWN = [{ rate: 'spawns', amount: 1 }] as const;
  const needy: Partial<Record> = {
    needs: () => [{ kind: 'flag', capability: 'uplink' }],
    charges: () => SPAWN,
    run: () => {
      throw new Error('must not run');
    },
  };

  it('asks for cancellation before the charges, and the charges before the gate, and runs last', async () => {
    const { ask, records } = pipelineWith({ ...needy, blocks: true });
    await expect(ask(callOf(AbortSignal.abort()))).resolves.toMatchObject({ value: { tag: 'cancelled' } });
    for (let used = 0; used < RATES.spawns; used += 1) {
      await expect(ask(callOf())).resolves.toMatchObject({ value: { tag: 'capability-denied' } });
    }
    await expect(ask(callOf())).resolves.toEqual({ tag: 'err', value: { tag: 'quota' } });
    expect(records.map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
      'cancelled: cancelled',
      ...Array.from({ length: RATES.spawns }, () => 'denied: uplink is not granted'),
      'denied: rate limit of spawns exceeded',
    ]);
  });

  it('finds the subject once, before all else, also when that takes time', async () => {
    const order: string[] = [];
    const { ask, records } = pipelineWith({
      subject: (_call, first) => {
        order.push('subject');
        return Promise.resolve(`the ${String(first)}`);
      },
      charges: (subject) => {
        order.push(`charges for ${subject}`);
        return [];
      },
      needs: (subject) => {
        order.push(`needs of ${subject}`);
        return [];
      },
      run: (_call, subject, first) => `${subject} ${String(first)}`,
    });
    await expect(ask(callOf(), 'x')).resolves.toEqual({ tag: 'ok', value: 'the x x' });
    expect(order).toEqual(['subject', 'charges for the x', 'needs of the x']);
    expect(records).toMatchObject([{ target: 'on the x' }]);
  });

  it('records only the first refusal of a second for too many calls, so that refusals cannot fill the disk', async () => {
    const { ask, records } = pipelineWith({ charges: () => SPAWN });
    for (let used = 0; used < RATES.spawns + 100; used += 1) {
      await ask(callOf());
    }
    expect(records.filter(({ outcome }) => outcome === 'denied')).toHaveLength(1);
    expect(records).toHaveLength(RATES.spawns + 1);
  });

  it('charges the capsule, whatever principal or instance its calls come from', async () => {
    const { ask } = pipelineWith({ charges: () => SPAWN });
    for (let used = 0; used < RATES.spawns; used += 1) {
      await ask(callerOfTest({ principal: `p${used}` }));
    }
    await expect(ask(callerOfTest({ principal: 'bert' }))).resolves.toMatchObject({
      value: { tag: 'quota' },
    });
    await expect(ask(callerOfTest({ capsule: 'other' }))).resolves.toMatchObject({ tag: 'ok' });
  });

  it('runs what the rights cover', async () => {
    const { ask } = pipelineWith({ ...needy, run: () => 'ran' });
    const rights = { ...noRights, uplink: true };
    await expect(ask(callOf(undefined, rights))).resolves.toEqual({ tag: 'ok', value: 'ran' });
  });

  it('traps every call of an instance that has ended', async () => {
    const { ask, records } = pipelineWith({});
    const caller = callOf();
    caller.handles.dispose();
    await expect(ask(caller)).resolves.toEqual({ tag: 'trap', message: 'The instance has ended.' });
    expect(records).toEqual([]);
  });
});

describe('the gate, asked again while a function runs', () => {
  it('refuses as before it, with the interface’s own denial and one record', async () => {
    const { ask, records } = pipelineWith({
      run: async (call) => {
        await call.gate.require({ kind: 'flag', capability: 'uplink' });
        return 'ran';
      },
    });
    await expect(ask(callOf(), 'x')).resolves.toEqual({ tag: 'err', value: { tag: 'capability-denied' } });
    expect(records).toMatchObject([{ target: 'on x', outcome: 'denied', reason: 'uplink is not granted' }]);
  });

  it('asks a person, and a cancel does not wait for the answer', async () => {
    const approval: Partial<Record> = {
      blocks: true,
      needs: () => [{ kind: 'approval', question: 'Push?' }],
    };
    const yes = pipelineWith(approval, true, { ask: () => Promise.resolve(true) });
    await expect(yes.ask(callOf(), 'x')).resolves.toEqual({ tag: 'ok', value: 'did x' });
    const no = pipelineWith(approval);
    await expect(no.ask(callOf(), 'x')).resolves.toMatchObject({ value: { tag: 'capability-denied' } });
    expect(no.records).toMatchObject([{ outcome: 'denied', reason: 'the operator refused' }]);
    const cancel = new AbortController();
    const silent = pipelineWith(approval, true, {
      ask: (_question, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    const waiting = silent.ask(callOf(cancel.signal), 'x');
    cancel.abort();
    await expect(waiting).resolves.toMatchObject({ value: { tag: 'cancelled' } });
  });
});

describe('what a call holds', () => {
  const THING = resource<string>()('test#thing');
  const stock = [{ stock: 'subscriptions', amount: 1 }] as const;
  const { perInstance } = STOCKS.subscriptions;

  it('is charged until its handle is dropped', async () => {
    const { ask } = pipelineWith({ charges: () => stock, run: (call) => call.handles.insert(THING, 'x') });
    const caller = callOf();
    for (let count = 0; count < perInstance; count += 1) {
      await ask(caller);
    }
    await expect(ask(caller)).resolves.toMatchObject({ value: { tag: 'quota' } });
    caller.handles.drop(1);
    await expect(ask(caller)).resolves.toMatchObject({ tag: 'ok' });
  });

  it('is given back at its end where no handle holds it, also when it fails', async () => {
    const { ask } = pipelineWith({ charges: () => stock, ...throwing(new WitError({ tag: 'closed' })) });
    const caller = callOf();
    for (let count = 0; count <= perInstance; count += 1) {
      await expect(ask(caller)).resolves.toMatchObject({ value: { tag: 'closed' } });
    }
  });

  it('is no handle any more when the guest has its answer already', async () => {
    const late = deferred<undefined>();
    const cancel = new AbortController();
    let disposed = 0;
    const { ask } = pipelineWith({
      blocks: true,
      run: async (call) => {
        await late.promise;
        return call.handles.insert(THING, 'x', { dispose: () => (disposed += 1) });
      },
    });
    const caller = callOf(cancel.signal);
    const answer = ask(caller);
    cancel.abort();
    await expect(answer).resolves.toMatchObject({ value: { tag: 'cancelled' } });
    late.resolve(undefined);
    await nextTurn();
    expect([disposed, caller.handles.size]).toEqual([1, 0]);
  });

  it('is told in its record, when there is something', async () => {
    const { ask, records } = pipelineWith({
      target: (subject, result) =>
        result === undefined ? subject : `${subject} as ${JSON.stringify(result)}`,
      run: () => 'k1',
    });
    await ask(callOf(), 'x');
    expect(records).toMatchObject([{ target: 'x as "k1"' }]);
  });

  it('counts a handle whose parent went until the guest drops it: its entry is there as long', async () => {
    const { ask } = pipelineWith({
      run: (call, _subject, parent) =>
        parent === 0
          ? call.handles.insert(THING, 'parent')
          : call.handles.insertChild(parent as number, THING, 'child'),
    });
    const caller = callOf();
    for (let round = 0; round < STOCKS.handles.perInstance + 10; round += 1) {
      const parent = await ask(caller, 0);
      if (parent.tag === 'ok') {
        await ask(caller, parent.value);
        caller.handles.drop(parent.value as number);
      }
    }
    expect(caller.handles.size).toBeLessThanOrEqual(STOCKS.handles.perInstance);
  });

  it('lives on another handle where it says so, and ends with it', async () => {
    const ended: string[] = [];
    const { ask } = pipelineWith({
      run: (call) => {
        const note = (name: string) => ({ dispose: () => ended.push(name) });
        const parent = call.handles.insert(THING, 'parent', note('parent'));
        const child = call.handles.insertChild(parent, THING, 'child', note('child'));
        expect(call.handles.get(THING, child)).toBe('child');
        return parent;
      },
    });
    const caller = callOf();
    const parent = await ask(caller);
    caller.handles.drop(parent.tag === 'ok' ? (parent.value as number) : 0);
    expect(ended).toEqual(['child', 'parent']);
  });

  it('names no process-id, whether a call was allowed, failed or a handle was dropped', async () => {
    const { ask, pipeline, records } = pipelineWith(
      { run: (_call, subject) => (subject === 'id fails' ? Promise.reject(new Error('id')) : subject) },
      true,
      { withoutIds: (text) => text.replaceAll('id', 'key') },
    );
    await ask(callOf(), 'id');
    await ask(callOf(), 'id fails');
    await pipeline.recordDrops(callOf(), [{ resource: 'a:b/c@1.0.0#thing', target: 'on id' }]);
    expect(records.map(({ target }) => target)).toEqual(['on key', 'on key fails', 'on key']);
    expect(JSON.stringify(records.map(({ target, reason }) => [target, reason]))).not.toContain('id');
  });

  it('is recorded when its drop puts an end to something', async () => {
    const { pipeline, records } = pipelineWith({});
    await pipeline.recordDrops(callOf(), [
      { resource: 'astrid:process/host@1.0.0#process-handle', target: 'sleep' },
      { resource: 'astrid:process/host@1.0.0#process-handle', target: 'cat' },
    ]);
    expect(records.map(({ target }) => target)).toEqual(['sleep', 'cat']);
    expect(records[0]).toEqual({
      at: 1_700_000_000_000,
      capsule: 'tester',
      principal: 'anna',
      action: 'astrid:process/host@1.0.0#[resource-drop]process-handle',
      target: 'sleep',
      outcome: 'allowed',
      reason: '',
    });
  });

  it('ends the instance when there are too many handles', async () => {
    const { ask } = pipelineWith({ run: (call) => call.handles.insert(THING, 'x') });
    const caller = callOf();
    for (let count = 0; count < STOCKS.handles.perInstance; count += 1) {
      await ask(caller);
    }
    await expect(ask(caller)).resolves.toMatchObject({
      tag: 'trap',
      message: expect.stringContaining('handles'),
    });
    expect(caller.handles.size).toBe(STOCKS.handles.perInstance);
  });
});

describe('a function that fails', () => {
  it.each([
    ['its own error', new WitError({ tag: 'closed' }), { tag: 'closed' }, 'failed', 'closed'],
    [
      'its own error, with what only the audit is told',
      new WitError({ tag: 'closed' }, { reason: 'EPIPE' }),
      { tag: 'closed' },
      'failed',
      'closed: EPIPE',
    ],
    ['a case of an enum', new WitError('busy'), 'busy', 'failed', 'busy'],
    ['a record', new WitError({ line: 7 }), { line: 7 }, 'failed', ''],
    ['a number', new WitError(7), 7, 'failed', ''],
    ['nothing at all', new WitError(null), null, 'failed', ''],
    [
      'an error that the table names',
      new TypedError('too-large', 'm', 'h'),
      { tag: 'too-large' },
      'failed',
      'too-large',
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
    const told = 'Internal host error. See the host log for details.';
    expect(answer).toEqual({ tag: 'err', value: { tag: 'unknown', val: told } });
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
      message: 'Unknown host function astrid:nothing/host@9.9.9#go.',
    });
  });
});

describe('a function without an error type', () => {
  it('answers its stand-in when it is refused', async () => {
    const { ask, records } = pipelineWith({ blocks: true, refused: () => 'stand-in' }, false);
    await expect(ask(callOf(AbortSignal.abort()))).resolves.toEqual({ tag: 'ok', value: 'stand-in' });
    expect(records).toMatchObject([{ outcome: 'cancelled' }]);
  });

  it.each<[string, Partial<Record>, AbortSignal]>([
    ['is refused and has no stand-in', { blocks: true }, AbortSignal.abort()],
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
      const { ask, records, reports } = pipelineWith({ blocks: true, run: () => late.promise });
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

  it('does not wait until what it acts on is found, and runs nothing then', async () => {
    const cancel = new AbortController();
    const found = deferred<string>();
    const ran: string[] = [];
    const { ask, records } = pipelineWith({
      blocks: true,
      subject: () => found.promise,
      run: (_call, subject) => void ran.push(subject),
    });
    const answer = ask(callOf(cancel.signal), 'x');
    cancel.abort();
    await expect(answer).resolves.toEqual({ tag: 'err', value: { tag: 'cancelled' } });
    found.resolve('late');
    await nextTurn();
    expect(ran).toEqual([]);
    expect(records).toMatchObject([{ outcome: 'cancelled', reason: 'cancelled', target: '' }]);
  });

  it('answers the value that the contract names for it, and is recorded as a cancel', async () => {
    const cancel = new AbortController();
    const { ask, records } = pipelineWith({
      blocks: true,
      run: () => new Promise(() => undefined),
      whenCancelled: () => 'nothing came',
    });
    const answer = ask(callOf(cancel.signal), 'x');
    cancel.abort();
    await expect(answer).resolves.toEqual({ tag: 'ok', value: 'nothing came' });
    await expect(ask(callOf(cancel.signal), 'x')).resolves.toEqual({ tag: 'ok', value: 'nothing came' });
    const record = { outcome: 'cancelled', reason: 'cancelled' };
    expect(records).toMatchObject([record, record]);
  });

  it('answers the error that the contract names for it', async () => {
    const { ask, records } = pipelineWith({
      blocks: true,
      whenCancelled: () => new WitError({ tag: 'timeout' }),
    });
    await expect(ask(callOf(AbortSignal.abort()))).resolves.toEqual({
      tag: 'err',
      value: { tag: 'timeout' },
    });
    expect(records).toMatchObject([{ outcome: 'cancelled', reason: 'cancelled' }]);
  });

  it('is listened for only as long: a call leaves nothing on the signal', async () => {
    const { signal } = new AbortController();
    const { ask } = pipelineWith({ blocks: true, run: () => Promise.resolve('done') });
    await expect(ask(callOf(signal))).resolves.toEqual({ tag: 'ok', value: 'done' });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('wins over the error that the run throws because of it', async () => {
    const cancel = new AbortController();
    const { ask, reports } = pipelineWith({
      blocks: true,
      run: () => {
        cancel.abort();
        throw new Error('a consequence');
      },
    });
    await expect(ask(callOf(cancel.signal))).resolves.toEqual({ tag: 'err', value: { tag: 'cancelled' } });
    expect(reports).toEqual([]);
  });

  it('changes nothing for a function that does not wait: a guest may still log, and end what it started', async () => {
    const { ask, records } = pipelineWith({});
    await expect(ask(callOf(AbortSignal.abort()), 'x')).resolves.toEqual({ tag: 'ok', value: 'did x' });
    expect(records).toMatchObject([{ outcome: 'allowed' }]);
  });
});
