import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SandboxSpawner } from '../child/spawn.ts';
import type { SandboxedChild } from '../child/child.ts';
import { collect, makeWorkspace, OS_THREADS, script, until } from '../testing.ts';

const { path: workspace, remove } = makeWorkspace();
let spawner: SandboxSpawner;
let threads: Worker[];
const remember = (thread: Worker): void => void threads.push(thread);

beforeEach(() => {
  spawner = new SandboxSpawner(OS_THREADS);
  threads = [];
});

afterEach(async () => {
  process.off('worker', remember);
  await spawner.dispose();
});

afterAll(remove);

async function start(text: string): Promise<SandboxedChild> {
  return spawner.spawn(await script(workspace, text));
}

async function end(child: SandboxedChild): Promise<void> {
  child.kill();
  await child.exited;
  child.stdout.close();
  child.stderr.close();
}

describe('signals to a tree', () => {
  it('arrive in the order in which they are sent, whoever waits for them', async () => {
    const child = await start(
      'trap "echo one" USR1; trap "echo two" USR2; echo up; while :; do sleep 0.01; done',
    );
    const stdout = collect(child.stdout);
    await until(() => stdout.text() === 'up\n');
    const sent = Promise.all(
      (['stop', 'usr1', 'cont', 'stop', 'cont', 'usr2'] as const).map((name) => child.signal(name)),
    );
    expect(await sent).toEqual([true, true, true, true, true, true]);
    await until(() => stdout.text().includes('two'));
    expect(stdout.text()).toBe('up\none\ntwo\n');
    await end(child);
  });

  it('wait for no look, at whatever tree', async () => {
    const large = await start('i=0; while [ $i -lt 100 ]; do sleep 60 & i=$((i + 1)); done; wait');
    const child = await start('trap "exit 0" TERM; echo up; while :; do sleep 0.01; done');
    const stdout = collect(child.stdout);
    await until(async () => stdout.text() === 'up\n' && (await large.look())?.tasks === 101);
    // The thread is there by now.
    await child.signal('cont');
    let looked = 0;
    const looks = Array.from({ length: 100 }, () => large.look().then(() => (looked += 1)));
    await child.signal('term');
    expect(looked).toBeLessThan(100);
    expect(await child.exited).toEqual({ code: 0, signal: null });
    expect(looked).toBeLessThan(100);
    await Promise.all([...looks, stdout.ended]);
    child.stderr.close();
    await end(large);
  });

  it('are not what a KILL waits for', async () => {
    const child = await start('sleep 60 & sleep 60 & sleep 60');
    const sent = child.signal('stop');
    expect(child.kill()).toBe(true);
    expect(await child.exited).toEqual({ code: null, signal: 9 });
    // It may have come before the KILL or after it.
    expect([true, false]).toContain(await sent);
    expect(await child.signal('cont')).toBe(false);
    await end(child);
  });
});

describe('a look', () => {
  it.runIf(process.arch === 'x64')(
    'counts what the kernel keeps to map memory of which only zeros are read',
    async () => {
      // mmap of 64 GiB without reserve, madvise that it has no large pages, and a read of one byte in every 2 MiB.
      const text = `$a = syscall(9, 0, 1 << 36, 3, 0x4022, -1, 0); syscall(28, $a, 1 << 36, 15);
      unpack('P1', pack('Q', $a + ($_ << 21))) for 0 .. 32767; $| = 1; print "up"; sleep 60`;
      const child = await spawner.spawn(await script(workspace, '', { command: 'perl', args: ['-e', text] }));
      const stdout = collect(child.stdout);
      await until(() => stdout.text() === 'up');
      expect((await child.look())?.memoryBytes).toBeGreaterThan(128 * 1024 * 1024);
      await end(child);
    },
  );
});

describe('the thread that looks', () => {
  it('is another one than that which starts programs or that which signals, and when it is lost the next look gets a new one', async () => {
    const child = await start('sleep 60 & wait');
    // The thread that starts programs is there by now.
    process.on('worker', remember);
    await until(async () => (await child.look())?.tasks === 2);
    expect(threads).toHaveLength(1);
    const waiting = Array.from({ length: 20 }, () => child.look().catch((error: unknown) => error));
    await threads[0]?.terminate();
    expect((await Promise.all(waiting)).at(-1)).toMatchObject({ code: 'spawn-failed' });
    expect(await child.look()).toMatchObject({ tasks: 2, stopped: false });
    expect(threads).toHaveLength(2);
    expect([await child.signal('stop'), threads.length]).toEqual([true, 3]);
    await until(async () => (await child.look())?.stopped === true);
    await end(child);
  });
});
