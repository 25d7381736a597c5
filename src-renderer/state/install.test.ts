import { describe, expect, it } from 'vitest';
import type { CapsuleView } from '../../src-main/contract/views.ts';
import { createFakeClient, refusal, type FakeClient } from '../client/fake-client.ts';
import { fakeCapsule, fakePlan } from '../client/fake-views.ts';
import { createInstall, suggestedGrants, type Install } from './install.ts';
import { createNotices, type Notices } from './notices.ts';

const capability = (name: string, risk: 'low' | 'medium' | 'high', granted = false) => ({
  name,
  values: [],
  places: [],
  risk,
  sentence: '',
  granted,
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

describe('choosing what to install', () => {
  it.each([
    ['archive', 'Could not open the file'],
    ['folder', 'Could not open the folder'],
  ] as const)('asks for a %s, one at a time, and tells what failed', async (kind, title) => {
    const { install, client, notices, give, fail } = bench();
    const first = install.choose(kind);
    await install.choose(kind);
    expect(client.asked).toEqual([{ name: 'install.choose', argument: { kind } }]);
    expect(install.store.getState()).toMatchObject({ choosing: true, busy: null });
    give('install.choose', null);
    await first;
    expect(install.store.getState()).toMatchObject({ choosing: false, plans: [] });

    const second = install.choose(kind);
    fail('install.choose');
    await second;
    expect(install.store.getState()).toMatchObject({ choosing: false, plans: [] });
    expect(notices.take()).toMatchObject([{ kind: 'failure', title, text: 'It was refused.' }]);
  });
});

describe('a plan on the screen', () => {
  it('starts with nothing selected, nothing told and nothing under way', () => {
    const { install } = bench();
    expect(install.store.getState()).toEqual({
      ...{ plans: [], granted: new Set(), problems: [], choosing: false, busy: null, step: null },
    });
  });

  it('keeps what was selected when another plan comes behind it, and the problems of the first too', () => {
    const { install, client } = bench('first');
    install.grant('spawn', true);
    client.emit('install.refused', { source: '/x.capsule', failure });
    client.emit('install.requested', fakePlan('second'));
    expect(install.store.getState()).toMatchObject({
      granted: new Set(['spawn']),
      problems: [{ source: '/x.capsule', failure }],
    });
  });

  it('tells each thing that could not be opened, oldest first', () => {
    const { install, client } = bench('first');
    client.emit('install.refused', { source: '/a.capsule', failure });
    client.emit('install.refused', { source: '/b.capsule', failure });
    expect(install.store.getState().problems.map(({ source }) => source)).toEqual([
      '/a.capsule',
      '/b.capsule',
    ]);
  });

  it('tells why it could not be installed beside what could not be opened, once', async () => {
    const { install, client, fail } = bench('first');
    client.emit('install.refused', { source: '/a.capsule', failure });
    for (const message of ['The disk is full.', 'The disk is still full.']) {
      const confirming = install.confirm();
      fail('install.confirm', { message });
      expect(await confirming).toBeNull();
      expect(install.store.getState()).toMatchObject({
        plans: [{ token: 'first' }],
        busy: null,
        problems: [{ source: '/a.capsule' }, { source: null, failure: { message } }],
      });
    }
  });
});

describe('an installation under way', () => {
  it('is asked for once, says its steps, and says what was installed', async () => {
    const { install, client, notices, give } = bench('first');
    const confirming = install.confirm();
    expect(await install.confirm()).toBeNull();
    expect(client.asked.map(({ name }) => name)).toEqual(['install.confirm']);
    expect(install.store.getState()).toMatchObject({ busy: 'installing', step: null });
    client.emit('install.step', { token: 'another', step: 'copying' });
    expect(install.store.getState().step).toBeNull();
    client.emit('install.step', { token: 'first', step: 'copying' });
    expect(install.store.getState().step).toBe('copying');

    give('install.confirm', fakeCapsule('supervisor', { version: '0.2.0' }));
    expect(await confirming).toBe('supervisor');
    expect(install.store.getState()).toMatchObject({ plans: [], busy: null });
    expect(notices.take()).toMatchObject([{ kind: 'done', title: 'Installed', text: 'supervisor 0.2.0' }]);
  });

  it('begins without the step at which the one before it stopped', async () => {
    const { install, client, fail } = bench('first');
    const confirming = install.confirm();
    client.emit('install.step', { token: 'first', step: 'rolling-back' });
    fail('install.confirm');
    await confirming;
    void install.confirm();
    expect(install.store.getState().step).toBeNull();
  });

  it('is cancelled once; its plan stays until it is undone, and goes without a problem', async () => {
    const { install, client, notices, give, fail } = bench('first');
    client.emit('install.requested', fakePlan('second', { capabilities: [capability('log', 'low')] }));
    const confirming = install.confirm();
    const cancelling = install.cancel();
    await install.cancel();
    expect(client.asked.map(({ name }) => name)).toEqual(['install.confirm', 'install.cancel']);
    expect(client.asked[1]?.argument).toEqual({ token: 'first' });
    give('install.cancel', null);
    await cancelling;
    expect(install.store.getState()).toMatchObject({
      plans: [{ token: 'first' }, { token: 'second' }],
      busy: 'cancelling',
    });

    fail('install.confirm', { code: 'install-cancelled' });
    expect(await confirming).toBeNull();
    expect(install.store.getState()).toMatchObject({
      plans: [{ token: 'second' }],
      granted: new Set(['log']),
      problems: [],
      busy: null,
    });
    expect(notices.take()).toMatchObject([
      { kind: 'done', title: 'Install cancelled', text: 'supervisor 0.2.0' },
    ]);
  });

  it('goes on when it cannot be cancelled, which is told, and can be cancelled again', async () => {
    const { install, client, notices, fail } = bench('first');
    void install.confirm();
    const cancelling = install.cancel();
    fail('install.cancel');
    await cancelling;
    expect(install.store.getState().busy).toBe('installing');
    expect(notices.take()).toMatchObject([{ title: 'Could not cancel the install' }]);
    void install.cancel();
    expect(client.asked.filter(({ name }) => name === 'install.cancel')).toHaveLength(2);
  });

  it('is over when it ended before its cancellation was refused', async () => {
    const { install, give, fail } = bench('first');
    const confirming = install.confirm();
    const cancelling = install.cancel();
    give('install.confirm', fakeCapsule('supervisor'));
    await confirming;
    fail('install.cancel');
    await cancelling;
    expect(install.store.getState()).toMatchObject({ plans: [], busy: null });
  });
});

it('without a plan there is nothing to install, to cancel, to say or to show', async () => {
  const { install, client, notices } = bench();
  const { store } = install;
  const nothing = store.getState();
  expect(await install.confirm()).toBeNull();
  await install.cancel();
  client.emit('install.step', { token: 'first', step: 'copying' });
  expect(client.asked).toEqual([]);
  expect(store.getState()).toEqual(nothing);
  expect(notices.take()).toEqual([]);
});

const failure = { code: 'source-missing', message: 'It does not exist.', hint: 'Check the path.' };

interface Bench {
  readonly install: Install;
  readonly client: FakeClient;
  readonly notices: Notices;
  /** Answers the oldest open request of a name. */
  readonly give: (name: Asked, answer: CapsuleView | null) => void;
  readonly fail: (name: Asked, change?: Partial<typeof failure>) => void;
}

type Asked = 'install.choose' | 'install.confirm' | 'install.cancel';

/** Main answers when the test says so; with a token, the plan of that token is on the screen. */
function bench(token?: string): Bench {
  const open: { name: Asked; resolve: (answer: never) => void; reject: (error: unknown) => void }[] = [];
  const wait = (name: Asked) => (): Promise<never> =>
    new Promise((resolve, reject) => open.push({ name, resolve, reject }));
  const take = (name: Asked) =>
    open.splice(
      open.findIndex((each) => each.name === name),
      1,
    )[0];
  const client = createFakeClient({
    'install.choose': wait('install.choose'),
    'install.confirm': wait('install.confirm'),
    'install.cancel': wait('install.cancel'),
  });
  const notices = createNotices();
  const install = createInstall(client, notices);
  install.start();
  if (token !== undefined) {
    client.emit('install.requested', fakePlan(token));
  }
  return {
    ...{ install, client, notices },
    give: (name, answer) => take(name)?.resolve(answer as never),
    fail: (name, change = {}) => take(name)?.reject(refusal(change)),
  };
}
