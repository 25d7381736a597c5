import { describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../../src-main/contract/views.ts';
import { createFakeClient, fakeDelta, fakeSnapshot, refusal } from '../client/fake-client.ts';
import { fakePlan, fakeProcess } from '../client/fake-views.ts';
import { createActions } from './actions.ts';
import { createInvoke, payloadProblem, principalProblem } from './invoke.ts';
import type { Memory } from './kept-view.ts';
import type { Frame } from './logs.ts';
import { createNotices } from './notices.ts';
import { createStores, startStores, type Stores } from './stores.ts';
import { defaultView, type ViewState } from './view.ts';

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

describe('the stores of a window', () => {
  it('forget of the last run what is gone by the first snapshot, and keep what goes later', async () => {
    const { stores, client, stop } = await started({ openLog: 'gone', selected: ['gone', 'here'] });
    expect(stores.view.getState()).toMatchObject({ openLog: '', selected: ['here'] });
    stores.view.setState({ openLog: 'here' });
    client.emit('state.delta', fakeDelta(2, { removedProcesses: ['here'] }));
    expect(stores.machine.store.getState().processes.size).toBe(0);
    expect(stores.view.getState().openLog).toBe('here');
    stop();
  });

  it('forget nothing because main did not answer', async () => {
    const { stores, client, stop } = await started({ openLog: 'gone', selected: ['here'] }, () => {
      throw refusal({});
    });
    expect(stores.view.getState()).toMatchObject({ openLog: 'gone', selected: ['here'] });
    client.answer({ 'state.snapshot': snapshot });
    await stores.machine.reload();
    expect(stores.view.getState()).toMatchObject({ openLog: '', selected: ['here'] });
    stop();
  });

  it.each([
    ['here', 'here'],
    ['', null],
  ])('open the log that was open when the window closed: %j', async (openLog, key) => {
    const { stores, stop } = await started({ openLog, logMode: 'stderr' });
    expect(stores.logs.store.getState()).toMatchObject({ key, mode: key === null ? 'both' : 'stderr' });
    stop();
  });

  it('hear of nothing any more once they are stopped', async () => {
    const { stores, client, frame, page, stop } = await started({ openLog: 'here' });
    stop();
    frame.mockClear();
    const before = states(stores);
    client.emit('state.delta', fakeDelta(2, { processes: [fakeProcess('late')] }));
    client.emit('install.requested', fakePlan('late'));
    stores.machine.store.setState({ processes: new Map() });
    page.dispatchEvent(new Event('visibilitychange'));
    expect(states(stores)).toEqual({ ...before, processes: [] });
    expect(frame).not.toHaveBeenCalled();
  });
});

const snapshot = (): Snapshot => fakeSnapshot({ processes: [fakeProcess('here')] });

/** Stores as a window starts them, once main has answered; `kept` is what is left of its last run. */
async function started(kept: Partial<ViewState>, answer: () => Snapshot = snapshot) {
  const client = createFakeClient({ 'state.snapshot': answer });
  const frame = vi.fn<Frame>(() => () => undefined);
  const text = JSON.stringify({ ...defaultView, ...kept });
  const memory: Memory = { getItem: () => text, setItem: () => undefined, removeItem: () => undefined };
  let ticks = 0;
  const now = (): number => (ticks += 1);
  const stores = createStores({ client, memory, frame, now, newId: () => 'call-1' });
  const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
  const stop = startStores(stores, page as unknown as Document);
  await vi.waitUntil(() => stores.machine.store.getState().status !== 'loading');
  page.visibilityState = 'visible';
  return { stores, client, frame, page, stop };
}

function states({ machine, install, clock }: Stores) {
  const processes = [...machine.store.getState().processes.keys()];
  return { processes, plans: install.store.getState().plans, now: clock.store.getState().now };
}
