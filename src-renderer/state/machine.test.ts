import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createFakeClient, fakeDelta, fakeSnapshot, refusal } from '../client/fake-client.ts';
import { fakeCapsule, fakeProcess, fakeStream } from '../client/fake-views.ts';
import { applyDelta, fromSnapshot } from './apply-delta.ts';
import { createMachine } from './machine.ts';

const stop = { step: 'term', since: 10, graceMs: 5_000, killAt: 5_010, revocable: true } as const;

describe('what the window knows of main', () => {
  it('starts from a snapshot and follows the deltas', async () => {
    const client = createFakeClient({
      'state.snapshot': () => fakeSnapshot({ processes: [fakeProcess('a')] }),
    });
    const { store, start } = createMachine(client);
    start();
    await vi.waitUntil(() => store.getState().status === 'ready');
    client.emit('state.delta', fakeDelta(2, { processes: [fakeProcess('b')], capsules: [fakeCapsule('c')] }));
    client.emit('state.delta', fakeDelta(3, { removedProcesses: ['a'] }));
    expect([...store.getState().processes.keys()]).toEqual(['b']);
    expect([...store.getState().capsules.keys()]).toEqual(['c']);
  });

  it('moves the counters of a stream on, and nothing else of its process', async () => {
    const known = fakeProcess('a', { stdout: fakeStream({ produced: 10, retained: 10 }) });
    const client = createFakeClient({ 'state.snapshot': () => fakeSnapshot({ processes: [known] }) });
    const { store, start } = createMachine(client);
    start();
    await vi.waitUntil(() => store.getState().status === 'ready');
    const growth = { key: 'a', stream: 'stdout', produced: 500, dropped: 100 } as const;
    client.emit('state.delta', fakeDelta(2, { outputs: [growth, { ...growth, key: 'unknown' }] }));
    expect([...store.getState().processes.values()]).toEqual([
      { ...known, stdout: fakeStream({ produced: 500, dropped: 100, retained: 400 }) },
    ]);
    // Newer than the view that comes with it.
    client.emit(
      'state.delta',
      fakeDelta(3, {
        processes: [fakeProcess('a', { label: 'new' })],
        outputs: [{ ...growth, produced: 600 }],
      }),
    );
    expect(store.getState().processes.get('a')).toMatchObject({
      label: 'new',
      stdout: { produced: 600, retained: 500 },
    });
  });

  it('takes a new snapshot when a delta is missing, and never asks otherwise', async () => {
    let sequence = 1;
    const client = createFakeClient({ 'state.snapshot': () => fakeSnapshot({ sequence }) });
    const { store, start } = createMachine(client);
    start();
    await vi.waitUntil(() => store.getState().status === 'ready');
    client.emit('state.delta', fakeDelta(1));
    client.emit('state.delta', fakeDelta(2));
    expect(client.asked).toHaveLength(1);
    sequence = 9;
    client.emit('state.delta', fakeDelta(9, { processes: [fakeProcess('late')] }));
    await vi.waitUntil(() => store.getState().sequence === 9);
    expect(client.asked).toHaveLength(2);
  });

  it('applies deltas that came while the snapshot was under way', async () => {
    let give = (): void => undefined;
    const client = createFakeClient({
      'state.snapshot': () => new Promise((resolve) => (give = () => resolve(fakeSnapshot({ sequence: 5 })))),
    });
    const { store, start } = createMachine(client);
    start();
    client.emit('state.delta', fakeDelta(5, { processes: [fakeProcess('in the snapshot')] }));
    client.emit('state.delta', fakeDelta(6, { processes: [fakeProcess('new')] }));
    give();
    await vi.waitUntil(() => store.getState().status === 'ready');
    expect([...store.getState().processes.keys()]).toEqual(['new']);
  });

  it('says what failed and comes back on reload; old data stays on the screen', async () => {
    const client = createFakeClient({
      'state.snapshot': () => {
        throw refusal({ message: 'Main is not ready.' });
      },
    });
    const { store, start, reload } = createMachine(client);
    start();
    await vi.waitUntil(() => store.getState().status === 'failed');
    expect(store.getState().failure?.message).toBe('Main is not ready.');
    client.answer({ 'state.snapshot': () => fakeSnapshot({ processes: [fakeProcess('a')] }) });
    await reload();
    expect(store.getState()).toMatchObject({ status: 'ready', failure: null });
    client.answer({
      'state.snapshot': () => {
        throw refusal({});
      },
    });
    await reload();
    expect(store.getState().status).toBe('stale');
    expect(store.getState().processes.size).toBe(1);
  });

  it('is loading until main answers; one snapshot is asked for at a time', async () => {
    let give = (): void => undefined;
    const client = createFakeClient({
      'state.snapshot': () => new Promise((resolve) => (give = () => resolve(fakeSnapshot()))),
    });
    const { store, start, reload } = createMachine(client);
    start();
    await reload();
    expect(store.getState().status).toBe('loading');
    expect(client.asked).toHaveLength(1);
    give();
    await vi.waitUntil(() => store.getState().status === 'ready');
    const again = reload();
    expect(client.asked).toHaveLength(2);
    give();
    await again;
  });

  it('is nothing before a first snapshot, whatever deltas come', async () => {
    const client = createFakeClient();
    const { store, start } = createMachine(client);
    start();
    await vi.waitUntil(() => store.getState().status === 'failed');
    client.emit('state.delta', fakeDelta(1, { processes: [fakeProcess('a')] }));
    client.emit('state.delta', fakeDelta(7, { processes: [fakeProcess('b')] }));
    expect(store.getState().processes.size).toBe(0);
    expect(client.asked).toHaveLength(1);
  });

  it('stays as it was when a new snapshot fails, and asks for another once it hears that it missed something', async () => {
    const client = createFakeClient({ 'state.snapshot': () => fakeSnapshot() });
    const { store, start, reload } = createMachine(client);
    start();
    await vi.waitUntil(() => store.getState().status === 'ready');
    let fail = (): void => undefined;
    client.answer({
      'state.snapshot': () => new Promise((_, reject) => (fail = () => reject(refusal({})))),
    });
    const reloading = reload();
    client.emit('state.delta', fakeDelta(2, { processes: [fakeProcess('missed')] }));
    fail();
    await reloading;
    expect(store.getState()).toMatchObject({ status: 'stale', sequence: 1 });
    expect(client.asked).toHaveLength(2);
    client.answer({
      'state.snapshot': () => fakeSnapshot({ sequence: 3, processes: [fakeProcess('missed')] }),
    });
    client.emit('state.delta', fakeDelta(3));
    await vi.waitUntil(() => store.getState().status === 'ready');
    expect([...store.getState().processes.keys()]).toEqual(['missed']);
  });

  it('tells nobody of a delta that it has seen', async () => {
    const client = createFakeClient({ 'state.snapshot': () => fakeSnapshot({ sequence: 4 }) });
    const { store, start } = createMachine(client);
    start();
    await vi.waitUntil(() => store.getState().status === 'ready');
    const heard = vi.fn<() => void>();
    store.subscribe(heard);
    client.emit('state.delta', fakeDelta(4, { processes: [fakeProcess('old')] }));
    expect(heard).not.toHaveBeenCalled();
  });

  it('stops listening once unsubscribed', async () => {
    const client = createFakeClient({ 'state.snapshot': () => fakeSnapshot() });
    const { store, start } = createMachine(client);
    const unsubscribe = start();
    await vi.waitUntil(() => store.getState().status === 'ready');
    unsubscribe();
    client.emit('state.delta', fakeDelta(2, { processes: [fakeProcess('a')] }));
    expect(store.getState().processes.size).toBe(0);
  });
});

describe('a delta', () => {
  it('remembers the last stop of a process until it is removed or the stop is cancelled', () => {
    const start = fromSnapshot(fakeSnapshot({ processes: [fakeProcess('a', { phase: 'stopping', stop })] }));
    const ended = applyDelta(start, fakeDelta(2, { processes: [fakeProcess('a', { phase: 'exited' })] }));
    expect(ended).toMatchObject({ stops: new Map([['a', stop]]) });
    expect(applyDelta(start, fakeDelta(2, { processes: [fakeProcess('a')] }))).toMatchObject({
      stops: new Map(),
    });
    expect(applyDelta(start, fakeDelta(2, { removedProcesses: ['a'] }))).toMatchObject({ stops: new Map() });
  });

  it('leaves the half that it does not touch as it is', () => {
    const known = fromSnapshot(fakeSnapshot({ capsules: [fakeCapsule('c')] }));
    const next = applyDelta(known, fakeDelta(2, { processes: [fakeProcess('a')] }));
    expect(next !== 'gap' && next.capsules === known.capsules).toBe(true);
  });

  it('leads to the same state as a snapshot of the end, in any mix of changes and removals', () => {
    const change = fc.record({ key: fc.constantFrom('a', 'b', 'c'), gone: fc.boolean(), pid: fc.nat() });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        let known = fromSnapshot(fakeSnapshot({ sequence: 0 }));
        const truth = new Map<string, number>();
        changes.forEach(({ key, gone, pid }, index) => {
          const next = applyDelta(
            known,
            fakeDelta(
              index + 1,
              gone ? { removedProcesses: [key] } : { processes: [fakeProcess(key, { osPid: pid })] },
            ),
          );
          if (gone) {
            truth.delete(key);
          } else {
            truth.set(key, pid);
          }
          known = next === 'gap' ? known : next;
        });
        expect(new Map([...known.processes].map(([key, view]) => [key, view.osPid]))).toEqual(truth);
      }),
    );
  });
});
