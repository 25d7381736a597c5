import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOST_SHELL } from '../tool/host-tool.ts';
import { OS_THREADS, makeWorkspace, openDescriptors, until } from '../testing.ts';
import { Launcher, type Launched } from './launcher.ts';

const SIGKILL = 9;
const { path: folder, remove } = makeWorkspace();
let launcher: Launcher;
let threads: Worker[] = [];
const remember = (thread: Worker): void => void threads.push(thread);

beforeEach(() => {
  threads = [];
  process.on('worker', remember);
  launcher = new Launcher(join(OS_THREADS, 'launcher-thread.js'));
});

afterEach(async () => {
  process.off('worker', remember);
  await launcher.dispose();
  remove();
});

const start = (
  text: string,
  descriptors: readonly (number | null)[] = [null, null, null],
): Promise<Launched> => launcher.start(HOST_SHELL, ['-c', text], { argv0: 'launched', descriptors });

const isAlive = ({ pid }: Launched): boolean => existsSync(`/proc/${String(pid)}`);

describe('what the launcher starts', () => {
  it('is a child of this process, with the descriptors it is given, and empty streams where there are none', async () => {
    const { path: to, remove: removeTo } = makeWorkspace();
    const file = join(to, 'said');
    const fd = openSync(file, 'w');
    const { exited } = await start('cat; echo "$0 $PPID"; readlink /proc/$$/fd/*', [null, fd, null]);
    closeSync(fd);
    expect(await exited).toEqual({ signal: null });
    const [said, ...opened] = readFileSync(file, 'utf8').trim().split('\n');
    expect(said).toBe(`launched ${String(process.pid)}`);
    // What whoever started this process has left open to it is covered.
    expect([
      opened.slice(0, 3),
      [...new Set(opened.slice(3))].filter((each) => each !== '/dev/null'),
    ]).toEqual([['/dev/null', file, '/dev/null'], []]);
    removeTo();
  });

  it('tells its end at once to who asks, also while this thread stands still', async () => {
    const child = await start('exit 3');
    const deadline = performance.now() + 10_000;
    while (!child.reaped() && performance.now() < deadline);
    expect([child.reaped(), isAlive(child)]).toEqual([true, false]);
    expect(await child.exited).toEqual({ signal: null });
    child.kill();
  });

  it('is killed, once', async () => {
    const child = await start('exec sleep 60');
    expect(child.reaped()).toBe(false);
    child.kill();
    child.kill();
    expect(await child.exited).toEqual({ signal: SIGKILL });
  });
});

describe("the launcher's thread", () => {
  it('is started when it is needed, and stays until the last program has ended', async () => {
    const before = openDescriptors();
    expect(threads).toHaveLength(0);
    const child = await start('exec sleep 60');
    await launcher.dispose();
    expect([threads.length, isAlive(child)]).toEqual([1, true]);
    child.kill();
    await child.exited;
    await until(() => openDescriptors() <= before);
  });

  it('fails what waits for it when it is lost, tells the end of what it had started, and the next start gets a new one', async () => {
    const running = await start('exec sleep 60');
    const waiting = launcher.run(HOST_SHELL, ['-c', 'exec sleep 60']);
    const outcome = waiting.catch((error: unknown) => error);
    await threads[0]?.terminate();
    expect(await outcome).toMatchObject({ code: 'spawn-failed' });
    expect([await running.exited, running.reaped()]).toEqual([{ signal: SIGKILL }, true]);
    expect(await launcher.run(HOST_SHELL, ['-c', 'echo again'])).toEqual({
      ok: true,
      stdout: 'again',
      stderr: '',
    });
    process.kill(running.pid, 'SIGKILL');
  });

  it('fails a start with its reason when the file of the thread is not there', async () => {
    const broken = new Launcher(join(folder, 'none.js'));
    await expect(broken.run(HOST_SHELL, [])).rejects.toMatchObject({
      code: 'spawn-failed',
      message: 'The program could not be started: the system refused (MODULE_NOT_FOUND).',
    });
    await broken.dispose();
  });
});
