import { describe, expect, it } from 'vitest';
import { startProbe, shell } from '../testing.ts';

const { probe, started } = await startProbe();

interface Handle {
  readonly $handle: number;
}

const start = (text: string, more: object = {}): Promise<Handle> =>
  probe.ok<Handle>('process.spawnBackground', [shell(text, more)]);

const pidIsAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a background process', () => {
  it('is waited for, and tells how it ended as often as one asks', async () => {
    const handle = await start('exit 3');
    const ended = { exitCode: 3, signal: null };
    await expect(probe.ok('handle.wait', [handle])).resolves.toEqual(ended);
    await expect(probe.ok('handle.wait', [handle, 10])).resolves.toEqual(ended);
    await expect(probe.ok('handle.readLogs', [handle])).resolves.toMatchObject({
      running: false,
      exit: ended,
    });
    await expect(probe.ok('handle.readLogs', [handle])).resolves.toMatchObject({
      running: false,
      exit: ended,
    });
    await probe.ok('drop', [handle]);
  });

  it('outlasts a wait that is over too soon', async () => {
    const handle = await start('sleep 30');
    await expect(probe.errOf('handle.wait', [handle, 20])).resolves.toBe('wait-timeout');
    await expect(probe.errOf('handle.waitWithOutput', [handle, 20])).resolves.toBe('wait-timeout');
    await expect(probe.ok('handle.readLogs', [handle])).resolves.toMatchObject({ running: true });
    await probe.ok('drop', [handle]);
  });

  it('gives its whole output with its end', async () => {
    const handle = await start('printf out; printf err >&2; exit 2');
    await expect(probe.ok('handle.waitWithOutput', [handle])).resolves.toEqual({
      stdout: 'out',
      stderr: 'err',
      exit: { exitCode: 2, signal: null },
    });
    await probe.ok('drop', [handle]);
  });

  it('gives each piece of output once', async () => {
    const handle = await start('echo one; read line; echo "two $line"', { keepStdinOpen: true });
    await expect.poll(() => probe.ok('handle.readLogs', [handle])).toMatchObject({ stdout: 'one\n' });
    await expect(probe.ok('handle.readLogs', [handle])).resolves.toMatchObject({ stdout: '', stderr: '' });
    await expect(probe.ok('handle.writeStdin', [handle, { $text: 'ja\n' }])).resolves.toBe(3);
    await expect(probe.ok('handle.waitWithOutput', [handle])).resolves.toMatchObject({ stdout: 'two ja\n' });
    await probe.ok('drop', [handle]);
  });

  it('sees the end of its input when it is closed, and closing twice is fine', async () => {
    const handle = await start('cat; echo over', { stdin: { $text: 'first ' }, keepStdinOpen: true });
    await probe.ok('handle.writeStdin', [handle, { $text: 'second ' }]);
    await probe.ok('handle.closeStdin', [handle]);
    await probe.ok('handle.closeStdin', [handle]);
    await expect(probe.errOf('handle.writeStdin', [handle, { $text: 'third' }])).resolves.toBe('closed');
    await expect(probe.ok('handle.waitWithOutput', [handle])).resolves.toMatchObject({
      stdout: 'first second over\n',
    });
    await probe.ok('drop', [handle]);
  });

  it('without an open input takes none', async () => {
    const handle = await start('sleep 30');
    await expect(probe.errOf('handle.writeStdin', [handle, { $text: 'x' }])).resolves.toBe('closed');
    await probe.ok('handle.closeStdin', [handle]);
    await probe.ok('drop', [handle]);
  });

  it('takes at most 1 MiB in one write', async () => {
    const handle = await start('wc -c', { keepStdinOpen: true });
    const bytes = (count: number): object => ({ $repeat: 'x', count });
    await expect(probe.errOf('handle.writeStdin', [handle, bytes(1_048_577)])).resolves.toBe('too-large');
    await expect(probe.ok('handle.writeStdin', [handle, bytes(1_048_576)])).resolves.toBe(1_048_576);
    await probe.ok('handle.closeStdin', [handle]);
    const { stdout } = await probe.ok<{ stdout: string }>('handle.waitWithOutput', [handle]);
    expect(stdout.trim()).toBe('1048576');
    await probe.ok('drop', [handle]);
  });

  it.each([
    ['term', 15],
    ['hup', 1],
    ['int', 2],
    ['usr1', 10],
    ['usr2', 12],
  ])('gets the signal %s', async (signal, number) => {
    const handle = await start(
      `trap "echo got; exit ${100 + number}" ${number}; echo up; while :; do sleep 0.01; done`,
    );
    await expect.poll(() => probe.ok('handle.readLogs', [handle])).toMatchObject({ stdout: 'up\n' });
    await probe.ok('handle.signal', [handle, signal]);
    await expect(probe.ok('handle.waitWithOutput', [handle, 5_000])).resolves.toMatchObject({
      stdout: 'got\n',
      exit: { exitCode: 100 + number },
    });
    await expect(probe.errOf('handle.signal', [handle, signal])).resolves.toBe('closed');
    await probe.ok('drop', [handle]);
  });

  it('is frozen and goes on', async () => {
    const handle = await start('sleep 30');
    const frozen = (): unknown =>
      started.kernel.processes().find(({ phase, tier }) => phase === 'running' && tier === 'ephemeral')
        ?.frozen;
    await probe.ok('handle.signal', [handle, 'stop']);
    await expect.poll(frozen).toBe(true);
    await probe.ok('handle.signal', [handle, 'cont']);
    await expect.poll(frozen).toBe(false);
    await probe.ok('drop', [handle]);
  });

  it('is killed with all that it wrote, once', async () => {
    const handle = await start('echo before; sleep 30');
    await expect
      .poll(() => started.kernel.processes().find(({ phase }) => phase === 'running')?.stdout.produced)
      .toBe(7);
    await expect(probe.ok('handle.kill', [handle])).resolves.toEqual({
      killed: true,
      exit: { exitCode: null, signal: 9 },
      stdout: 'before\n',
      stderr: '',
    });
    await expect(probe.ok('handle.kill', [handle])).resolves.toMatchObject({
      killed: false,
      exit: { signal: 9 },
      stdout: '',
    });
    await probe.ok('drop', [handle]);
  });

  it('has its own pid while it runs', async () => {
    const handle = await start('echo $$; sleep 30');
    const pid = await probe.ok<number>('handle.osPid', [handle]);
    expect(pidIsAlive(pid)).toBe(true);
    await probe.ok('handle.kill', [handle]);
    await expect(probe.errOf('handle.osPid', [handle])).resolves.toBe('closed');
    expect(pidIsAlive(pid)).toBe(false);
    await probe.ok('drop', [handle]);
  });

  it('ends when its handle is dropped', async () => {
    const handle = await start('sleep 30');
    const pid = await probe.ok<number>('handle.osPid', [handle]);
    await probe.ok('drop', [handle]);
    await expect.poll(() => pidIsAlive(pid)).toBe(false);
  });

  it('cannot be named by its handle any more after the drop', async () => {
    const handle = await start('true');
    await probe.ok('drop', [handle]);
    await expect(probe.ask('handle.wait', [handle])).resolves.toMatchObject({ threw: expect.any(String) });
  });
});

describe('readiness', () => {
  it('of an end comes when the process has ended', async () => {
    const handle = await start('read line', { keepStdinOpen: true });
    const exit = await probe.ok<Handle>('handle.subscribeExit', [handle]);
    await expect(probe.ok('pollable.ready', [exit])).resolves.toBe(false);
    await probe.ok('handle.closeStdin', [handle]);
    await expect(probe.ok('pollable.block', [exit])).resolves.toBeNull();
    await expect(probe.ok('pollable.ready', [exit])).resolves.toBe(true);
    await expect(probe.ok('handle.wait', [handle, 0])).resolves.toMatchObject({ exitCode: 1 });
    await probe.ok('drop', [exit]);
    await probe.ok('drop', [handle]);
  });

  it('of output is there as long as something is unread', async () => {
    const handle = await start('read line; echo "$line"; sleep 30', { keepStdinOpen: true });
    const logs = await probe.ok<Handle>('handle.subscribeLogs', [handle]);
    await expect(probe.ok('pollable.ready', [logs])).resolves.toBe(false);
    await probe.ok('handle.writeStdin', [handle, { $text: 'hallo\n' }]);
    await probe.ok('pollable.block', [logs]);
    await expect(probe.ok('pollable.ready', [logs])).resolves.toBe(true);
    await expect(probe.ok('handle.readLogs', [handle])).resolves.toMatchObject({ stdout: 'hallo\n' });
    await expect(probe.ok('pollable.ready', [logs])).resolves.toBe(false);
    await probe.ok('drop', [logs]);
    await probe.ok('drop', [handle]);
  });

  it('of several is answered by their places in the list', async () => {
    const ended = await start('true');
    const running = await start('sleep 30');
    const [first, second, third] = [
      await probe.ok<Handle>('handle.subscribeExit', [running]),
      await probe.ok<Handle>('handle.subscribeExit', [ended]),
      await probe.ok<Handle>('handle.subscribeLogs', [ended]),
    ];
    await probe.ok('handle.wait', [ended]);
    await expect(probe.ok('poll.poll', [[first, second, third]])).resolves.toEqual([1, 2]);
    for (const handle of [first, second, third, ended, running]) {
      await probe.ok('drop', [handle]);
    }
  });

  it('needs something to wait for, and not too much', async () => {
    await expect(probe.errOf('poll.poll', [[]])).resolves.toBe('invalid-input');
    const handle = await start('sleep 30');
    const exit = await probe.ok<Handle>('handle.subscribeExit', [handle]);
    await expect(probe.errOf('poll.poll', [Array.from({ length: 257 }, () => exit)])).resolves.toBe(
      'too-large',
    );
    await probe.ok('drop', [exit]);
    await probe.ok('drop', [handle]);
  });

  it('is given up when the invocation is cancelled', async () => {
    const principal = 'waiting';
    const handle = await probe.ok<Handle>('process.spawnBackground', [shell('sleep 30')], { principal });
    const exit = await probe.ok<Handle>('handle.subscribeExit', [handle], { principal });
    const cancel = new AbortController();
    const waiting = probe.ask('pollable.block', [exit], { principal, signal: cancel.signal });
    await expect
      .poll(() => started.kernel.capsules()[0]?.instances.find((one) => one.principal === principal)?.state)
      .toBe('busy');
    setImmediate(() => cancel.abort());
    await expect(waiting).rejects.toMatchObject({ code: 'invocation-cancelled' });
  });
});

describe('a foreign resource', () => {
  it('traps the guest that passes it where another is expected, and only that', async () => {
    const principal = 'confused';
    const handle = await probe.ok<Handle>('process.spawnBackground', [shell('sleep 30')], { principal });
    const answer = probe.ask('pollable.ready', [handle], { principal });
    // QuickJS finds no such method; whatever way it fails, the next call works.
    await expect(answer).resolves.toMatchObject({ threw: expect.any(String) });
    await expect(probe.ok('sys.clockMs', [], { principal })).resolves.toBeDefined();
  });
});

describe('the ninth background process', () => {
  it('is refused with quota, and there is room again when one has ended', async () => {
    const principal = 'crowd';
    const one = (): Promise<Handle> =>
      probe.ok<Handle>('process.spawnBackground', [shell('sleep 30')], { principal });
    const handles = [
      await one(),
      await one(),
      await one(),
      await one(),
      await one(),
      await one(),
      await one(),
    ];
    await probe.ok('process.spawnPersistent', [shell('sleep 30')], { principal });
    for (const fn of ['process.spawnBackground', 'process.spawnPersistent']) {
      await expect(probe.errOf(fn, [shell('sleep 30')], { principal })).resolves.toBe('quota');
    }
    await expect(probe.ok('process.spawn', [shell('true')], { principal })).resolves.toMatchObject({
      exit: { exitCode: 0 },
    });
    await probe.ok('handle.kill', [handles[0]], { principal });
    await one();
    await expect(
      probe.ok('process.spawnBackground', [shell('true')], { principal: 'alone' }),
    ).resolves.toBeDefined();
  });
});

describe('an instance that ends', () => {
  it('takes the background processes along that it holds', async () => {
    // A principal of its own has an instance of its own.
    const as = { principal: 'leaving' };
    await probe.ok('process.spawnBackground', [shell('sleep 100')], as);
    const exit = (): unknown =>
      started.kernel.processes().find(({ principal }) => principal === as.principal)?.exit;
    expect(exit()).toBeNull();
    // Not JSON: the guest throws, which is a trap.
    const trap = started.kernel.invoke({ capsule: 'probe', action: 'batch', payload: '{', ...as });
    await expect(trap).rejects.toMatchObject({ code: 'guest-trapped' });
    await expect.poll(exit).toEqual({ code: null, signal: 15, reason: 'killed' });
  });
});
