import { describe, expect, it, vi } from 'vitest';
import type { CapsuleView } from '../../src-main/contract/views.ts';
import { createFakeClient, fakeDelta, fakeSnapshot, refusal } from '../client/fake-client.ts';
import { fakeCapsule, fakePlan, fakeProcess } from '../client/fake-views.ts';
import { createActions } from './actions.ts';
import { createInstall, suggestedGrants } from './install.ts';
import { createInvoke, payloadProblem, principalProblem } from './invoke.ts';
import { createNotices } from './notices.ts';
import { createStores, startStores } from './stores.ts';
import { defaultView } from './view.ts';

const capability = (name: string, risk: 'low' | 'medium' | 'high', granted = false) => ({
  name,
  values: [],
  places: [],
  risk,
  sentence: '',
  granted,
});

describe('actions', () => {
  it('sends the key it was given with the default grace, once while it is under way', async () => {
    let give = (): void => undefined;
    const client = createFakeClient({
      'process.stop': () => new Promise((resolve) => (give = () => resolve(null))),
    });
    const { stop, store } = createActions(client, createNotices());
    const first = stop('a');
    await stop('a');
    expect(store.getState().pending).toEqual(new Set(['stop:a']));
    give();
    await first;
    expect(store.getState().pending.size).toBe(0);
    expect(client.asked).toEqual([{ name: 'process.stop', argument: { key: 'a', graceMs: 5_000 } }]);
  });

  it('turns a failure into a notice with what to do next', async () => {
    const notices = createNotices();
    const client = createFakeClient({
      'process.kill': () => {
        throw refusal({ message: 'It has ended.', hint: 'Discard it.' });
      },
    });
    await createActions(client, notices).kill('a');
    expect(notices.take()).toMatchObject([
      { title: 'Could not kill the process', text: 'It has ended.', hint: 'Discard it.' },
    ]);
    expect(notices.take()).toEqual([]);
  });
});

describe('installing', () => {
  const capabilities = [capability('log', 'low'), capability('kv', 'medium'), capability('spawn', 'high')];

  it('ticks low and medium risk, never high; of one that replaces another what that one was granted', () => {
    expect(suggestedGrants(fakePlan('t', { capabilities }))).toEqual(new Set(['log', 'kv']));
    const asked = [capability('log', 'low', true), capability('kv', 'medium'), capability('net', 'low')];
    const replacing = fakePlan('t', {
      replaces: '0.1.0',
      capabilities: [...asked, capability('spawn', 'high', true)],
    });
    expect(suggestedGrants(replacing)).toEqual(new Set(['log', 'spawn']));
  });

  it('installs exactly what is selected, by the token of the plan', async () => {
    const client = createFakeClient({
      'install.choose': () => fakePlan('t', { capabilities }),
      'install.confirm': () => fakeCapsule('supervisor'),
    });
    const install = createInstall(client, createNotices());
    await install.choose('archive');
    install.grant('spawn', true);
    install.grant('kv', false);
    expect(await install.confirm()).toBe('supervisor');
    expect(client.asked.at(-1)).toEqual({
      name: 'install.confirm',
      argument: { token: 't', grants: ['log', 'spawn'] },
    });
    expect(install.store.getState().plans).toEqual([]);
  });

  it('shows a file that was handed over after the one on the screen', async () => {
    const client = createFakeClient({ 'install.cancel': () => null });
    const install = createInstall(client, createNotices());
    install.start();
    client.emit('install.requested', fakePlan('first'));
    client.emit('install.requested', fakePlan('second', { capabilities }));
    expect(install.store.getState().plans.map((plan) => plan.token)).toEqual(['first', 'second']);
    await install.cancel();
    expect(install.store.getState()).toMatchObject({
      plans: [{ token: 'second' }],
      granted: new Set(['log', 'kv']),
    });
  });

  it('keeps what happens to a plan apart from a file that is still being read', async () => {
    let read: (plan: null) => void = () => undefined;
    let installed: (capsule: CapsuleView) => void = () => undefined;
    const client = createFakeClient({
      'install.choose': () => new Promise((resolve) => (read = resolve)),
      'install.confirm': () => new Promise((resolve) => (installed = resolve)),
      'install.cancel': () => null,
    });
    const install = createInstall(client, createNotices());
    install.start();
    client.emit('install.requested', fakePlan('first'));
    client.emit('install.requested', fakePlan('second'));
    const choosing = install.choose('archive');
    await install.cancel();
    const installing = install.confirm();
    read(null);
    await choosing;
    expect(install.store.getState()).toMatchObject({ choosing: false, busy: 'installing' });
    installed(fakeCapsule('supervisor'));
    expect(await installing).toBe('supervisor');
    expect(client.asked.map(({ name }) => name)).toEqual([
      'install.choose',
      'install.cancel',
      'install.confirm',
    ]);
  });

  it('says what was handed over and could not be opened, until it is stopped', () => {
    const notices = createNotices();
    const client = createFakeClient();
    const stop = createInstall(client, notices).start();
    const failure = { code: 'source-missing', message: 'It does not exist.', hint: 'Check the path.' };
    client.emit('install.refused', { source: '/home/person/x.capsule', failure });
    expect(notices.take()).toMatchObject([
      {
        kind: 'failure',
        title: 'Could not open x.capsule',
        text: 'It does not exist.',
        hint: 'Check the path.',
      },
    ]);
    stop();
    client.emit('install.refused', { source: 'x', failure });
    client.emit('install.requested', fakePlan('late'));
    expect(notices.take()).toEqual([]);
  });

  it('keeps the plan on the screen when the install fails, and says why there', async () => {
    const notices = createNotices();
    const client = createFakeClient({ 'install.choose': () => fakePlan('t'), 'install.cancel': () => null });
    const install = createInstall(client, notices);
    await install.choose('folder');
    expect(await install.confirm()).toBeNull();
    expect(await install.confirm()).toBeNull();
    expect(install.store.getState()).toMatchObject({
      plans: [{ token: 't' }],
      busy: null,
      problems: [{ source: null, failure: { code: 'unanswered' } }],
    });
    await install.cancel();
    expect(install.store.getState().problems).toEqual([]);
    expect(notices.take()).toEqual([]);
  });

  it('tells what could not be opened on the page that is open, and what nobody put away there afterwards', async () => {
    const notices = createNotices();
    const client = createFakeClient({ 'install.cancel': () => null });
    const install = createInstall(client, notices);
    install.start();
    const failure = { code: 'source-missing', message: 'It does not exist.', hint: 'Check the path.' };
    client.emit('install.requested', fakePlan('first'));
    client.emit('install.requested', fakePlan('second'));
    client.emit('install.refused', { source: '/home/person/read.capsule', failure });
    install.dismiss();
    client.emit('install.refused', { source: '/home/person/late.capsule', failure });
    await install.cancel();
    expect(install.store.getState().problems).toEqual([{ source: '/home/person/late.capsule', failure }]);
    expect(notices.take()).toEqual([]);
    await install.cancel();
    expect(install.store.getState().problems).toEqual([]);
    expect(notices.take()).toMatchObject([{ title: 'Could not open late.capsule' }]);
  });
});

describe('invoking', () => {
  const draft = { action: 'start', payload: '{}', principal: 'default' };

  it('keeps the answer of each capsule', async () => {
    const result = { action: 'continue', data: '{"a":1}', refused: false, durationMs: 3 };
    const client = createFakeClient({ 'capsule.invoke': () => result });
    const invoke = createInvoke(client, Date.now, () => 'call-1');
    await invoke.run('supervisor', draft);
    expect(invoke.store.getState().calls.get('supervisor')).toEqual({
      kind: 'answered',
      action: 'start',
      result,
    });
    expect(client.asked[0]?.argument).toEqual({ id: 'supervisor', call: 'call-1', ...draft });
  });

  it('cancels the call that runs, by the name it was given', async () => {
    const client = createFakeClient({
      'capsule.invoke': () => new Promise(() => undefined),
      'invoke.cancel': () => null,
    });
    const invoke = createInvoke(client, Date.now, () => 'call-1');
    void invoke.run('supervisor', draft);
    await invoke.cancel('supervisor');
    expect(client.asked.at(-1)).toEqual({ name: 'invoke.cancel', argument: { call: 'call-1' } });
  });

  it.each([
    ['invocation-cancelled', 'cancelled'],
    ['guest-trapped', 'failed'],
  ])('tells a call that was cancelled from one that failed: %s', async (code, kind) => {
    const client = createFakeClient({
      'capsule.invoke': () => {
        throw refusal({ code });
      },
    });
    const invoke = createInvoke(client, Date.now, () => 'call-1');
    await invoke.run('supervisor', draft);
    expect(invoke.store.getState().calls.get('supervisor')).toMatchObject({ kind, action: 'start' });
  });

  it.each([
    ['default', null],
    ['Bob_the-2nd', null],
    ['p'.repeat(64), null],
    ['p'.repeat(65), /1 to 64/u],
    ['bob smith', /1 to 64/u],
    ['bob.smith', /1 to 64/u],
    ['bob\n', /1 to 64/u],
    ['böb', /1 to 64/u],
  ])('checks the principal %j', (principal, problem) => {
    expect(principalProblem(principal) ?? 'none').toMatch(problem ?? /^none$/u);
  });

  it.each([
    ['', /^none$/u],
    ['{"a":[1]}', /^none$/u],
    ['{', /^Invalid JSON: /u],
    [`"${'x'.repeat(20)}"`, /^Too large/u],
  ])('checks the payload %s', (payload, problem) => {
    expect(payloadProblem(payload, 16) ?? 'none').toMatch(problem);
  });
});

describe('the view', () => {
  it('forgets of the last run what is gone by the first snapshot, and keeps what goes later', async () => {
    const kept = JSON.stringify({ ...defaultView, openLog: 'gone', selected: ['gone', 'here'] });
    const client = createFakeClient({
      'state.snapshot': () => fakeSnapshot({ processes: [fakeProcess('here')] }),
    });
    const stores = createStores({
      client,
      memory: { getItem: () => kept, setItem: () => undefined, removeItem: () => undefined },
      frame: () => () => undefined,
      now: Date.now,
      newId: () => 'call-1',
    });
    const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' }) as unknown as Document;
    const stop = startStores(stores, page);
    await vi.waitUntil(() => stores.machine.store.getState().status === 'ready');
    expect(stores.view.getState()).toMatchObject({ openLog: '', selected: ['here'] });
    stores.view.setState({ openLog: 'here' });
    client.emit('state.delta', fakeDelta(2, { removedProcesses: ['here'] }));
    expect(stores.machine.store.getState().processes.size).toBe(0);
    expect(stores.view.getState().openLog).toBe('here');
    stop();
  });
});
