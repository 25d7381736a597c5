import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guestCopy } from '../testing/guests.ts';
import { probeIn, shell, startProbe } from './testing.ts';

const { probe, started, dataDir } = await startProbe();

interface Message {
  readonly topic: string;
  readonly payload: string;
  readonly sourceId: string;
  readonly principal: unknown;
}
interface Envelope {
  readonly messages: readonly Message[];
  readonly dropped: number;
  readonly lagged: number;
}

const EVENTS = 'astrid.process.v1.*';
const HOST = '00000000-0000-0000-0000-000000000000';
const EMPTY = { messages: [], dropped: 0, lagged: 0 };

let people = 0;

/** A principal of its own, whose calls one instance serves, one after the other. */
function person(guest = probe) {
  people += 1;
  const options = { principal: `person-${people}` };
  const ok = <T = unknown>(fn: string, ...args: unknown[]): Promise<T> => guest.ok<T>(fn, args, options);
  return {
    ...options,
    ok,
    ask: (fn: string, ...args: unknown[]) => guest.ask(fn, args, options),
    errOf: (fn: string, ...args: unknown[]) => guest.errOf(fn, args, options),
    start: (text: string, more: object = {}) => ok<string>('process.spawnPersistent', shell(text, more)),
    receive: (subscription: unknown, ms = 20_000) => ok<Envelope>('subscription.recv', subscription, ms),
  };
}

/** The key by which the window knows a principal's only process. */
function keyOf(principal: string): string {
  const process = started.kernel.processes().find((each) => each.principal === principal);
  if (process === undefined) {
    throw new Error(`${principal} has no process`);
  }
  return process.key;
}

describe('a watched process', () => {
  it('tells its end to a guest that waits for it, once', async () => {
    const me = person();
    const events = await me.ok('ipc.subscribe', EVENTS);
    const id = await me.start('read line; exit 7', { keepStdinOpen: true, label: 'job' });
    await me.ok('process.watch', id, 'job');
    await me.ok('process.watch', id, 'job');
    await expect(me.ok('subscription.poll', events)).resolves.toEqual(EMPTY);
    await me.ok('process.closeStdin', id);
    const { messages, dropped, lagged } = await me.receive(events);
    expect({ messages, dropped, lagged }).toEqual({
      messages: [
        {
          topic: 'astrid.process.v1.exited.job',
          payload: expect.any(String),
          sourceId: HOST,
          principal: { tag: 'verified', val: me.principal },
        },
      ],
      dropped: 0,
      lagged: 0,
    });
    expect(JSON.parse(messages[0]?.payload ?? '')).toEqual({
      ...{ id, label: 'job', phase: 'exited', exit_code: 7, signal: null, reason: 'self-exit' },
    });
    await expect(me.ok('subscription.poll', events)).resolves.toEqual(EMPTY);
  });

  it.each<[string, string, (key: string) => unknown]>([
    ['killed by the operator', 'killed', (key) => started.kernel.kill(key)],
    ['stopped by the operator', 'killed', (key) => started.kernel.stop(key)],
    ['idle for too long', 'reaped-ttl', () => undefined],
  ])(
    'says that it was %s',
    async (how, reason, end) => {
      const me = person();
      const stranger = person();
      const events = await me.ok('ipc.subscribe', EVENTS);
      const theirs = await stranger.ok('ipc.subscribe', EVENTS);
      const id = await me.start('sleep 30', how.startsWith('idle') ? { idleTimeoutMs: 50 } : {});
      await me.ok('process.watch', id, null);
      const waiting = me.receive(events);
      await end(keyOf(me.principal));
      const { messages } = await waiting;
      expect(messages.map(({ topic }) => topic)).toEqual([`astrid.process.v1.exited.${id}`]);
      expect(JSON.parse(messages[0]?.payload ?? '')).toMatchObject({ id, phase: 'exited', reason });
      await expect(stranger.ok('subscription.poll', theirs)).resolves.toEqual(EMPTY);
    },
    20_000,
  );

  it('tells it as well when the guest itself stops it, which forgets it', async () => {
    const me = person();
    const events = await me.ok('ipc.subscribe', EVENTS);
    const id = await me.start('sleep 30');
    await me.ok('process.watch', id, 'mine');
    await me.ok('process.stop', id, 0);
    const { messages } = await me.receive(events);
    expect(messages.map(({ payload }) => JSON.parse(payload) as unknown)).toMatchObject([
      { reason: 'killed' },
    ]);
    await expect(me.errOf('process.watch', id, null)).resolves.toBe('no-such-process');
    await expect(me.ok('process.unwatch', id)).resolves.toBeNull();
  });

  it('tells nothing after unwatch, and no suffix that is not one segment', async () => {
    const me = person();
    const events = await me.ok('ipc.subscribe', EVENTS);
    const id = await me.start('sleep 30');
    await expect(me.errOf('process.watch', id, 'a.b')).resolves.toBe('invalid-input');
    await me.ok('process.watch', id, null);
    await me.ok('process.unwatch', id);
    await me.ok('process.stop', id, 0);
    await expect(me.receive(events, 0)).resolves.toEqual(EMPTY);
  });

  it('tells no other capsule of the same principal', async () => {
    await started.kernel.install(await guestCopy('probe', { 'name = "probe"': 'name = "second"' }), {
      grants: 'all',
    });
    const second = probeIn(started.kernel, 'second');
    const me = person();
    const options = { principal: me.principal };
    const theirs = await second.ok('ipc.subscribe', [EVENTS], options);
    const mine = await me.ok('ipc.subscribe', EVENTS);
    const id = await me.start('true');
    await me.ok('process.watch', id, null);
    await expect(me.receive(mine)).resolves.toMatchObject({ messages: [{}] });
    await expect(second.ok('subscription.poll', [theirs], options)).resolves.toEqual(EMPTY);
    await expect(second.errOf('process.watch', [id, null], options)).resolves.toBe('no-such-process');
  });

  it('of a capsule that was disabled is told of when the capsule is back and asks', async () => {
    const me = person();
    const id = await me.start('sleep 30');
    await started.kernel.setEnabled('probe', false);
    await started.kernel.setEnabled('probe', true);
    const events = await me.ok('ipc.subscribe', EVENTS);
    await me.ok('process.watch', id, 'late');
    const { messages } = await me.receive(events);
    expect(messages.map(({ payload }) => JSON.parse(payload) as unknown)).toMatchObject([
      { id, phase: 'exited', reason: 'reaped-shutdown' },
    ]);
  }, 20_000);

  it('keeps its id from the window and the audit', async () => {
    const me = person();
    const id = await me.start('true');
    const events = await me.ok('ipc.subscribe', `astrid.process.v1.exited.${id}`);
    await me.ok('process.watch', id, null);
    await expect(me.receive(events)).resolves.toMatchObject({ messages: [{}] });
    const target = `astrid.process.v1.exited.${keyOf(me.principal)}`;
    await expect.poll(async () => (await started.audit()).map((each) => each.target)).toContain(target);
    // Wherever else a guest writes it, be it refused or not.
    await me.errOf('ipc.subscribe', `job-${id}.*`);
    await me.errOf('process.spawn', { ...shell('true'), cmd: `./a${id}b` });
    expect(await readFile(join(dataDir, 'audit', 'audit.jsonl'), 'utf8')).not.toContain(id);
    expect(JSON.stringify([started.events, started.reported])).not.toContain(id);
  });
});

describe('subscribing', () => {
  it.each([
    ['a pattern that is no pattern', 'probe.v1.news.*.late', 'invalid-input'],
    ['nothing', '', 'invalid-input'],
    ['nine segments', 'probe.v1.news.d.e.f.g.h.*', 'invalid-input'],
    ['a topic that the manifest does not name', 'secret.v1.news', 'capability-denied'],
    ['a pattern wider than the manifest’s', 'probe.v1.*', 'capability-denied'],
  ])('to %s is refused', async (_name, pattern, error) => {
    await expect(person().errOf('ipc.subscribe', pattern)).resolves.toBe(error);
  });

  it('is recorded, allowed or not', async () => {
    const me = person();
    await me.ok('ipc.subscribe', 'probe.v1.news.*');
    await me.ask('ipc.subscribe', 'secret.v1.news');
    const records = async (): Promise<unknown> =>
      (await started.audit())
        .filter(({ principal }) => principal === me.principal)
        .map(({ action, target, outcome }) => [action, target, outcome]);
    await expect.poll(records).toEqual([
      ['astrid:ipc/host@1.0.0#subscribe', 'probe.v1.news.*', 'allowed'],
      ['astrid:ipc/host@1.0.0#subscribe', 'secret.v1.news', 'denied'],
    ]);
  });

  it('works 128 times an instance; dropping one makes room', async () => {
    const me = person();
    const calls = Array.from({ length: 129 }, () => ({ fn: 'ipc.subscribe', args: ['probe.v1.news.*'] }));
    const result = await started.kernel.invoke({
      capsule: 'probe',
      principal: me.principal,
      action: 'batch',
      payload: JSON.stringify({ calls }),
    });
    const all = (JSON.parse(result.data ?? '') as { ok: { ok?: unknown; err?: { tag: string } }[] }).ok;
    expect(all.filter(({ ok }) => ok !== undefined)).toHaveLength(128);
    expect(all[128]).toEqual({ err: { tag: 'quota' } });
    await me.ok('drop', all[0]?.ok);
    await me.ok('ipc.subscribe', 'probe.v1.news.*');
    await expect(me.errOf('ipc.subscribe', 'probe.v1.news.*')).resolves.toBe('quota');
  });
});

describe('receiving', () => {
  it('answers nothing with nothing: at once, and after the time', async () => {
    const me = person();
    const subscription = await me.ok('ipc.subscribe', 'probe.v1.news.*');
    await expect(me.ok('subscription.poll', subscription)).resolves.toEqual(EMPTY);
    await expect(me.receive(subscription, 0)).resolves.toEqual(EMPTY);
    const before = Date.now();
    await expect(me.receive(subscription, 80)).resolves.toEqual(EMPTY);
    expect(Date.now() - before).toBeGreaterThanOrEqual(80);
  });

  it('waits for what is longer than the longest time, and ends with what comes', async () => {
    const me = person();
    const events = await me.ok('ipc.subscribe', EVENTS);
    const id = await me.start('sleep 30');
    await me.ok('process.watch', id, null);
    const waiting = me.receive(events, Number.MAX_SAFE_INTEGER);
    started.kernel.kill(keyOf(me.principal));
    await expect(waiting).resolves.toMatchObject({ messages: [{}] });
  });

  it('ends when the call is cancelled', async () => {
    const me = person();
    const subscription = await me.ok('ipc.subscribe', 'probe.v1.news.*');
    const cancel = new AbortController();
    const waiting = probe.ask('subscription.recv', [subscription, 60_000], {
      principal: me.principal,
      signal: cancel.signal,
    });
    await expect
      .poll(
        () =>
          started.kernel.capsules()[0]?.instances.find(({ principal }) => principal === me.principal)?.state,
      )
      .toBe('busy');
    cancel.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'invocation-cancelled' });
  });

  it('is all that is built: sending says so', async () => {
    await expect(person().ask('ipc.publish', 'probe.v1.news.late', '{}')).resolves.toEqual({
      err: { tag: 'unknown', val: expect.stringContaining('Publishing (astrid:ipc/host@1.0.0)') },
    });
  });
});

describe('waiting for several things', () => {
  it('answers which are ready: messages, output, an end', async () => {
    const me = person();
    const events = await me.ok('ipc.subscribe', EVENTS);
    const news = await me.ok('subscription.subscribeReadiness', events);
    const id = await me.start('read line; echo "$line"; read line', { keepStdinOpen: true });
    await me.ok('process.watch', id, null);
    const handle = await me.ok('process.attach', id);
    const exit = await me.ok('handle.subscribeExit', handle);
    const logs = await me.ok('handle.subscribeLogs', handle);
    for (const pollable of [news, exit, logs]) {
      await expect(me.ok('pollable.ready', pollable)).resolves.toBe(false);
    }
    await me.ok('handle.writeStdin', handle, { $text: 'hallo\n' });
    await expect(me.ok('poll.poll', [news, exit, logs])).resolves.toEqual([2]);
    await me.ok('handle.readLogs', handle);
    const waiting = me.ok('poll.poll', [exit, news, exit]);
    started.kernel.kill(keyOf(me.principal));
    expect(await waiting).toEqual(expect.arrayContaining([0, 2]));
    await me.ok('pollable.block', news);
    await expect(me.ok('poll.poll', [exit, news, logs])).resolves.toEqual([0, 1, 2]);
    await me.receive(events);
    await expect(me.ok('poll.poll', [exit, news, logs])).resolves.toEqual([0, 2]);
  });

  it('says when what it waits for is gone', async () => {
    const me = person();
    const events = await me.ok('ipc.subscribe', EVENTS);
    const news = await me.ok('subscription.subscribeReadiness', events);
    await me.ok('drop', events);
    await expect(me.ok('pollable.ready', news)).resolves.toBe(false);
    await expect(me.errOf('pollable.block', news)).resolves.toBe('closed');
    await expect(me.errOf('poll.poll', [news])).resolves.toBe('closed');
  });
});
