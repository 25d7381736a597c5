import { describe, expect, it } from 'vitest';
import { readAudit } from '../../testing/read-audit.ts';
import { bytesOf, startProbe, shell } from '../testing.ts';

const { probe, started, dataDir } = await startProbe();

const start = (text: string, more: object = {}, principal = 'default'): Promise<string> =>
  probe.ok<string>('process.spawnPersistent', [shell(text, more)], { principal });
const end = (id: string, principal = 'default'): Promise<unknown> =>
  probe.ok('process.stop', [id, 0], { principal });

interface Chunk {
  readonly data: unknown;
  readonly next: { readonly token: string };
  readonly bytesDropped: number;
  readonly drainedEof: boolean;
}
const readSince = (id: string, stream: string, token: string | null, max = 1_000_000): Promise<Chunk> =>
  probe.ok<Chunk>('process.readSince', [id, stream, { token }, max]);

/** What a status reports as the phase. */
const phaseOf = async (id: string): Promise<string> =>
  (await probe.ok<{ phase: string }>('process.status', [id])).phase;

describe('a persistent process', () => {
  it('has an id that cannot be guessed and that no window or record shows', async () => {
    const id = await start('sleep 30');
    expect(id).toMatch(/^[a-z2-7]{52}$/);
    await probe.ok('process.signal', [id, 'cont']);
    await end(id);
    expect(JSON.stringify([started.kernel.processes(), started.events])).not.toContain(id);
    await expect.poll(async () => JSON.stringify(await readAudit(dataDir))).toContain('#stop');
    expect(JSON.stringify(await readAudit(dataDir))).not.toContain(id);
  });

  it('outlives the instance that started it', async () => {
    const id = await start('sleep 30', {}, 'leaver');
    const cancel = AbortSignal.timeout(100);
    await expect(
      probe.ask('sys.sleepNs', [10_000_000_000], { principal: 'leaver', signal: cancel }),
    ).rejects.toMatchObject({ code: 'invocation-cancelled' });
    await expect(probe.ok('process.status', [id], { principal: 'leaver' })).resolves.toMatchObject({
      phase: 'running',
    });
    await end(id, 'leaver');
  });

  it('tells its state', async () => {
    const id = await start('echo 12345; sleep 30', { label: 'the label', keepStdinOpen: true });
    await expect
      .poll(() => probe.ok('process.status', [id]))
      .toMatchObject({
        id,
        label: 'the label',
        command: 'sh',
        phase: 'running',
        exit: null,
        bufferedBytes: 6,
        bytesDropped: 0,
        stdinOpen: true,
        osPid: expect.any(Number),
        ageMs: expect.any(Number),
        idleMs: expect.any(Number),
      });
    await end(id);
  });

  it('is listed in order of start, by a part of its label', async () => {
    const ids = [
      await start('sleep 30', { label: 'list alpha' }),
      await start('sleep 30', { label: 'list beta' }),
      await start('sleep 30'),
    ];
    const list = async (filter?: string): Promise<string[]> =>
      (await probe.ok<{ id: string }[]>('process.listProcesses', [filter ?? null])).map(({ id }) => id);
    await expect(list()).resolves.toEqual(ids);
    await expect(list('list ')).resolves.toEqual(ids.slice(0, 2));
    await expect(list('sleep 30')).resolves.toEqual(ids.slice(2));
    await expect(list('nothing')).resolves.toEqual([]);
    const many = await probe.ok<{ id: string }[]>('process.statusMany', [[ids[2], 'unknown', ids[0]]]);
    expect(many.map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    await Promise.all(ids.map((id) => end(id)));
  });

  it('has a label of its command when none is given, without control characters and at most 128 bytes', async () => {
    const labelled = async (more: object): Promise<string> => {
      const id = await start('true', more);
      const { label } = await probe.ok<{ label: string }>('process.status', [id]);
      await end(id);
      return label;
    };
    await expect(labelled({})).resolves.toBe('sh -c true');
    await expect(labelled({ label: 'a\u0007b\nc' })).resolves.toBe('abc');
    await expect(labelled({ label: '🌲'.repeat(40) })).resolves.toBe('🌲'.repeat(32));
  });

  it('gives its output once through read-logs, and again through cursors', async () => {
    const id = await start('printf abc; printf def >&2');
    await probe.ok('process.wait', [id, 5_000]);
    await expect(probe.ok('process.readLogs', [id])).resolves.toEqual({
      stdout: 'abc',
      stderr: 'def',
      running: false,
      exit: { exitCode: 0, signal: null },
    });
    await expect(probe.ok('process.readLogs', [id])).resolves.toMatchObject({ stdout: '', stderr: '' });
    const first = await readSince(id, 'stdout', null, 2);
    expect([bytesOf(first.data).toString(), first.drainedEof, first.bytesDropped]).toEqual(['ab', false, 0]);
    const second = await readSince(id, 'stdout', first.next.token);
    expect([bytesOf(second.data).toString(), second.drainedEof]).toEqual(['c', true]);
    const third = await readSince(id, 'stdout', second.next.token);
    expect([bytesOf(third.data).length, third.drainedEof, third.next]).toEqual([0, true, second.next]);
    await end(id);
  });

  it('says how many bytes a cursor has missed', async () => {
    const id = await start('read go; head -c 10000 /dev/zero', { keepStdinOpen: true, logRingBytes: 4_096 });
    const { next } = await readSince(id, 'stdout', null);
    await probe.ok('process.writeStdin', [id, { $text: 'go\n' }]);
    await probe.ok('process.wait', [id, 5_000]);
    const chunk = await readSince(id, 'stdout', next.token);
    expect([chunk.bytesDropped, bytesOf(chunk.data).length]).toEqual([5904, 4_096]);
    await expect(probe.ok('process.status', [id])).resolves.toMatchObject({ bytesDropped: 5904 });
    await end(id);
  });

  it('waits for its reader under backpressure, and loses nothing', async () => {
    const id = await start('head -c 300000 /dev/zero', { overflow: 'backpressure', logRingBytes: 4_096 });
    await expect
      .poll(() => started.kernel.processes().find(({ phase }) => phase === 'running'))
      .toMatchObject({
        blockedOnOutput: true,
      });
    let token: string | null = null;
    let read = 0;
    for (
      let at = await readSince(id, 'stdout', token);
      !at.drainedEof;
      at = await readSince(id, 'stdout', token)
    ) {
      read += bytesOf(at.data).length;
      expect(at.bytesDropped).toBe(0);
      token = at.next.token;
    }
    read += bytesOf((await readSince(id, 'stdout', token)).data).length;
    expect(read).toBe(300_000);
    await end(id);
  });

  it.each(['', '0000000000000000', 'zz', '-1', '0.0123456789abcdef'])(
    'refuses the made-up cursor %j',
    async (token) => {
      const id = await start('echo x');
      await expect(probe.errOf('process.readSince', [id, 'stdout', { token }, 10])).resolves.toBe(
        'no-such-process',
      );
      await end(id);
    },
  );

  it('refuses a cursor of the other stream or of another process', async () => {
    const [id, other] = [await start('echo x; sleep 30'), await start('echo x; sleep 30')];
    const { next } = await readSince(id, 'stdout', null);
    for (const args of [
      [id, 'stderr', next, 10],
      [other, 'stdout', next, 10],
    ]) {
      await expect(probe.errOf('process.readSince', args)).resolves.toBe('no-such-process');
    }
    await Promise.all([end(id), end(other)]);
  });

  it('takes input, and sees its end', async () => {
    const id = await start('cat; echo over', { stdin: { $text: 'a' }, keepStdinOpen: true });
    await expect(probe.ok('process.writeStdin', [id, { $text: 'b' }])).resolves.toBe(1);
    await probe.ok('process.closeStdin', [id]);
    await probe.ok('process.closeStdin', [id]);
    await expect(probe.errOf('process.writeStdin', [id, { $text: 'c' }])).resolves.toBe('closed');
    await probe.ok('process.wait', [id, 5_000]);
    await expect(probe.ok('process.readLogs', [id])).resolves.toMatchObject({ stdout: 'abover\n' });
    await end(id);
  });

  it('gets signals, also after its end', async () => {
    const id = await start('trap "exit 9" USR1; echo up; while :; do sleep 0.01; done');
    await expect.poll(() => probe.ok('process.readLogs', [id])).toMatchObject({ stdout: 'up\n' });
    await probe.ok('process.signal', [id, 'usr1']);
    await expect(probe.ok('process.wait', [id, 5_000])).resolves.toEqual({ exitCode: 9, signal: null });
    await expect(probe.ok('process.signal', [id, 'term'])).resolves.toBeNull();
    await end(id);
  });

  it('outlasts a wait that is over too soon', async () => {
    const id = await start('sleep 30');
    await expect(probe.errOf('process.wait', [id, 10])).resolves.toBe('wait-timeout');
    await expect(phaseOf(id)).resolves.toBe('running');
    await end(id);
  });

  it('is stopped gently when it wants, by force when it does not, and its id is forgotten', async () => {
    const polite = await start('trap "exit 5" TERM; echo up; while :; do sleep 0.01; done');
    const deaf = await start('trap "" TERM; echo up; while :; do sleep 0.01; done');
    for (const id of [polite, deaf]) {
      await expect.poll(() => probe.ok('process.readLogs', [id])).toMatchObject({ stdout: 'up\n' });
    }
    await expect(probe.ok('process.stop', [polite])).resolves.toEqual({ exitCode: 5, signal: null });
    await expect(probe.ok('process.stop', [deaf, 50])).resolves.toEqual({ exitCode: null, signal: 9 });
    await expect(probe.errOf('process.status', [polite])).resolves.toBe('no-such-process');
    await expect(probe.errOf('process.stop', [deaf, 0])).resolves.toBe('no-such-process');
  });

  it('is released when it has ended, not before; releasing what is not there is fine', async () => {
    const id = await start('read line', { keepStdinOpen: true });
    await expect(probe.errOf('process.releaseProcess', [id])).resolves.toBe('invalid-input');
    await probe.ok('process.closeStdin', [id]);
    await probe.ok('process.wait', [id, 5_000]);
    await probe.ok('process.releaseProcess', [id]);
    await probe.ok('process.releaseProcess', [id]);
    await expect(probe.errOf('process.status', [id])).resolves.toBe('no-such-process');
  });

  it('is refused with an idle time-out of nothing, and with more input than 4 MiB', async () => {
    await expect(probe.errOf('process.spawnPersistent', [shell('true', { idleTimeoutMs: 0 })])).resolves.toBe(
      'invalid-input',
    );
    await expect(
      probe.errOf('process.spawnPersistent', [shell('true', { stdin: { $repeat: 'x', count: 4_194_305 } })]),
    ).resolves.toBe('too-large');
  });
});

describe('an attached handle', () => {
  it('reaches the process, waits with a limit only, and leaves it alone when it is dropped', async () => {
    const id = await start('read line; echo "$line"; sleep 30', { keepStdinOpen: true });
    const handle = await probe.ok('process.attach', [id]);
    const logs = await probe.ok('handle.subscribeLogs', [handle]);
    await probe.ok('handle.writeStdin', [handle, { $text: 'hallo\n' }]);
    await probe.ok('pollable.block', [logs]);
    await expect(probe.ok('handle.readLogs', [handle])).resolves.toMatchObject({ stdout: 'hallo\n' });
    await expect(probe.errOf('handle.wait', [handle])).resolves.toBe('invalid-input');
    await expect(probe.errOf('handle.waitWithOutput', [handle])).resolves.toBe('invalid-input');
    await expect(probe.errOf('handle.wait', [handle, 10])).resolves.toBe('wait-timeout');
    await probe.ok('drop', [logs]);
    await probe.ok('drop', [handle]);
    await expect(phaseOf(id)).resolves.toBe('running');
    await end(id);
  });
});
