import { existsSync, mkdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxedChild } from './child.ts';
import { readChildren } from '../proc/process-stats.ts';
import { SandboxSpawner } from './spawn.ts';
import {
  OS_THREADS,
  closeOpened,
  collect,
  makeWorkspace,
  openDescriptors,
  outcome,
  script,
  until,
} from '../testing.ts';
import type { ScriptOptions } from '../testing.ts';

const spawner = new SandboxSpawner(OS_THREADS);
const { path: workspace, remove } = makeWorkspace();
const elsewhere = makeWorkspace();
const start = async (text: string, more: ScriptOptions = {}): Promise<SandboxedChild> => {
  const spec = await script(workspace, text, more);
  // At once: what was opened is used until bubblewrap has it all the same.
  const started = spawner.spawn(spec);
  closeOpened(spec);
  return started;
};
/** A folder that is opened to it, and removed before the start. */
const startWithout = async (folder: string): Promise<SandboxedChild> => {
  mkdirSync(folder);
  const spec = await script(workspace, 'true', { writable: [folder] });
  rmdirSync(folder);
  return spawner.spawn(spec).finally(() => closeOpened(spec));
};
const run = async (text: string, more: ScriptOptions = {}): ReturnType<typeof outcome> =>
  outcome(await start(text, more));

afterAll(async () => {
  await spawner.dispose();
  remove();
  elsewhere.remove();
});

describe('what a program sees', () => {
  it('is a writable workspace under /tmp, alone in a /tmp of its own', async () => {
    const { stdout } = await run('echo kept > file; pwd; ls /tmp');
    expect(stdout).toBe(`${workspace}\n${workspace.split('/')[2] ?? ''}\n`);
    expect(readFileSync(join(workspace, 'file'), 'utf8')).toBe('kept\n');
  });

  it('is neither home folders nor passwords nor the processes of the machine', async () => {
    const { stdout } = await run(
      'for p in /root /home /etc/shadow /var/log /opt; do test -e $p && echo $p; done; ls /proc | grep -c "^[0-9]"',
    );
    // init, the shell, ls and grep.
    expect(Number(stdout)).toBeLessThanOrEqual(4);
  });

  it('is a system that cannot be changed', async () => {
    const { stdout } = await run(
      'for p in /x /usr/x /etc/x /run/x; do touch $p 2>/dev/null && echo $p; done; true',
    );
    expect(stdout).toBe('');
  });

  it('is the environment it was given, and PWD', async () => {
    const { stdout } = await run('env', { env: { ONE: 'a b\nc', PATH: '/usr/bin:/bin' } });
    expect(stdout.split('\n').toSorted()).toEqual([
      '',
      'ONE=a b',
      'PATH=/usr/bin:/bin',
      `PWD=${workspace}`,
      'c',
    ]);
  });

  it('is no descriptor but its own three, and no capability even for root', async () => {
    const { stdout } = await run('ls /proc/self/fd; grep CapEff /proc/self/status');
    // 3 is the folder that ls itself has open.
    expect(stdout).toBe('0\n1\n2\n3\nCapEff:\t0000000000000000\n');
  });

  it('is no network, not even the loopback of this machine, unless it was shared', async () => {
    const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const text = `exec 3<>/dev/tcp/127.0.0.1/${String(port)} && cat <&3`;
    const bash = { command: 'bash', args: ['-c', text] };
    const apart = await run('', bash);
    const shared = await run('', { ...bash, network: true });
    server.close();
    expect([apart.code, apart.stdout]).toEqual([1, '']);
    expect(shared.stdout).toBe('hello');
  });

  it('is real pipes: /dev/stdout and /dev/stdin can be opened, also after the input was closed', async () => {
    const child = await start('sleep 0.1; cat /dev/stdin > /dev/stdout; echo e > /dev/stderr', {
      stdin: 'pipe',
    });
    await child.stdin?.write(Buffer.from('through'));
    child.stdin?.end();
    expect(await outcome(child)).toMatchObject({ code: 0, stdout: 'through', stderr: 'e\n' });
  });

  it('keeps within its limits', async () => {
    const limits = { maxMemoryBytes: 1024 ** 3, maxCpuSecs: 10, maxOpenFiles: 50 };
    const { stdout } = await run('ulimit -d; ulimit -t; ulimit -n; ulimit -c', { limits });
    expect(stdout).toBe('2097152\n11\n50\n0\n');
  });
});

describe('what cannot be started', () => {
  beforeAll(() => {
    mkdirSync(join(workspace, 'folder'));
    writeFileSync(join(workspace, 'data'), '');
    writeFileSync(join(workspace, 'orphan'), '#!/no/such/interpreter\n', { mode: 0o755 });
    writeFileSync(join(workspace, 'noise'), '#!/etc/passwd', { mode: 0o755 });
    symlinkSync('/root', join(workspace, 'way-out'));
    writeFileSync(join(elsewhere.path, 'program'), '#!/bin/sh\n', { mode: 0o755 });
    symlinkSync(join(elsewhere.path, 'program'), join(workspace, 'linked'));
  });

  it.each<[string, ScriptOptions, string, RegExp]>([
    ['a name in no folder', { command: 'no-such-program' }, 'program-not-found', /was not found in/],
    ['a missing path', { command: './missing' }, 'program-not-found', /does not exist/],
    ['a folder', { command: './folder' }, 'program-not-found', /not a file/],
    ['a file without the right', { command: './data' }, 'program-not-found', /not executable/],
    [
      'a script of a missing interpreter',
      { command: './orphan' },
      'program-not-found',
      /needs the interpreter/,
    ],
    ['a script of an interpreter that is no program', { command: './noise' }, 'spawn-failed', /execvp/],
    ['a link to a program out of sight', { command: './linked' }, 'program-not-found', /not visible/],
    ['an option', { command: '--version' }, 'invalid-spawn', /dash/],
    ['nothing', { command: '' }, 'invalid-spawn', /empty/],
    ['a working directory out of sight', { cwd: '/root' }, 'invalid-spawn', /not visible/],
    ['a working directory that leads out', { cwd: 'WORKSPACE/way-out' }, 'invalid-spawn', /not visible/],
    ['a working directory that is a file', { cwd: 'WORKSPACE/data' }, 'invalid-spawn', /not a folder/],
  ])('is %s', async (_what, more, code, message) => {
    const cwd = more.cwd?.replace('WORKSPACE', workspace) ?? workspace;
    await expect(start('true', { ...more, cwd })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('how a program ends', () => {
  it.each([
    ['exit 0', 0, null],
    ['exit 42', 42, null],
    ['exit 255', 255, null],
    ['kill -SEGV $$', null, 11],
    ['kill -KILL $$', null, 9],
    ['exec 1>&- 2>&-; sleep 0.05; exit 3', 3, null],
  ])('%s', async (text, code, signal) => {
    expect(await run(text)).toMatchObject({ code, signal });
  });

  it.each([
    ['prlimit: hello', 1],
    ['prlimit: failed to execute /bin/x: No such file or directory', 127],
    ['bwrap: execvp /bin/x: No such file or directory', 1],
    ['bwrap: hello', 126],
  ])('is its own, whatever it says in its last words: %s', async (words, code) => {
    const text = `echo "${words}" >&2; exit ${String(code)}`;
    // Several at once: most of them have ended before anybody could see them run.
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => run(text)));
    const outcome = { code, signal: null, stdout: '', stderr: `${words}\n` };
    expect(outcomes).toEqual(outcomes.map(() => outcome));
  });

  it('lets a TERM handler finish and reports its status', async () => {
    const child = await start('trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.01; done');
    const stdout = collect(child.stdout);
    await until(() => stdout.text() === 'ready\n');
    expect(await child.signal('term')).toBe(true);
    expect(await child.exited).toEqual({ code: 7, signal: null });
    await stdout.ended;
    expect(stdout.text()).toBe('ready\nbye\n');
    child.stderr.close();
  });

  it('names the signal we sent, and takes no more of them afterwards', async () => {
    const child = await start('exec sleep 100');
    await child.signal('usr1');
    expect(await outcome(child)).toMatchObject({ code: null, signal: 10 });
    expect([await child.signal('term'), child.kill()]).toEqual([false, false]);
  });

  it('freezes and continues the whole group, and kills it frozen', async () => {
    // Not a shell with children: while one is being made, its parent cannot be frozen.
    const ticks = '$| = 1; while (1) { print "x\n"; select(undef, undef, undef, 0.01) }';
    const child = await start(`exec perl -e '${ticks}'`);
    const stdout = collect(child.stdout);
    await until(() => stdout.text().length > 2);
    await child.signal('stop');
    const state = (): string =>
      readFileSync(`/proc/${String(child.programPid)}/stat`, 'utf8').split(') ')[1]?.[0] ?? '';
    await until(() => state() === 'T');
    await child.signal('cont');
    const before = stdout.text().length;
    await until(() => stdout.text().length > before);
    await child.signal('stop');
    child.kill();
    expect(await child.exited).toEqual({ code: null, signal: 9 });
    child.stderr.close();
  });

  it('takes descendants along, also those in sessions of their own', async () => {
    const child = await start('setsid sleep 1000 & sleep 1000 & echo started; sleep 1000');
    const stdout = collect(child.stdout);
    await until(() => stdout.text() !== '');
    const descendants = readChildren(child.programPid ?? 0);
    expect(descendants.length).toBeGreaterThanOrEqual(2);
    child.kill();
    await child.exited;
    expect(descendants.filter((pid) => existsSync(`/proc/${String(pid)}`))).toEqual([]);
    child.stderr.close();
  });

  it('is not delayed by grandchildren that hold its output', async () => {
    expect(await run('(sleep 1000 &); echo done')).toMatchObject({ code: 0, stdout: 'done\n' });
  });

  it('tells what was used', async () => {
    const child = await start('i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done; sleep 100');
    const stdout = collect(child.stdout);
    await until(() => stdout.text() === 'done\n');
    await until(async () => (await child.look())?.tasks === 2);
    const usage = child.usage();
    expect(usage?.cpuMs).toBeGreaterThan(0);
    expect(usage?.peakMemoryBytes).toBeGreaterThan(100_000);
    child.kill();
    await outcome(child);
    expect(child.usage()?.peakMemoryBytes).toBe(usage?.peakMemoryBytes);
    // With a cgroup the last of it too.
    expect(child.usage()?.cpuMs).toBeGreaterThanOrEqual(usage?.cpuMs ?? Infinity);
    expect(await child.look()).toBeNull();
  });
});

describe('input', () => {
  it('comes back whole through cat, 4 MiB of it, written as it is read', async () => {
    const bytes = Buffer.alloc(4 * 1024 * 1024, 'abcdefghij\n');
    const child = await start('exec cat', { stdin: 'pipe' });
    const writing = child.stdin?.write(bytes).then(() => child.stdin?.end());
    const { stdout, code } = await outcome(child);
    await writing;
    expect(code).toBe(0);
    expect(Buffer.from(stdout, 'latin1').equals(bytes)).toBe(true);
  });

  it('waits for a program that does not read, and says closed when it ends', async () => {
    const child = await start('sleep 0.1', { stdin: 'pipe' });
    const writing = child.stdin?.write(Buffer.alloc(1024 * 1024));
    await expect(writing).rejects.toMatchObject({ code: 'closed' });
    await outcome(child);
    await expect(child.stdin?.write(Buffer.from('late'))).rejects.toMatchObject({ code: 'closed' });
    expect(child.stdin?.open).toBe(false);
  });
});

describe('the spawner', () => {
  it('leaves no descriptor behind over fifty programs, failures among them', async () => {
    await run('true', { stdin: 'pipe' });
    // The pool of pipes comes and goes in batches; what matters is that it does not add up.
    const before = openDescriptors();
    for (let index = 0; index < 50; index += 1) {
      await run('cat', { stdin: index % 2 === 0 ? 'none' : 'pipe', command: 'true' });
      await startWithout(join(workspace, 'gone')).catch(() => undefined);
    }
    await until(() => openDescriptors() <= before + 60);
    expect(openDescriptors()).toBeLessThanOrEqual(before + 60);
  });
});
