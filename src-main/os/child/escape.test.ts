import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { SandboxSpawner } from './spawn.ts';
import { OS_THREADS, makeWorkspace, outcome, script, until } from '../testing.ts';
import type { Outcome, ScriptOptions } from '../testing.ts';
import { InjectedFiles } from '../files/injected-files.ts';
import { Workspaces } from '../files/workspaces.ts';

const spawner = new SandboxSpawner(OS_THREADS);
// As in the application: one data folder, in it the workspaces, and beside them what no capsule may see.
const { path: data, remove } = makeWorkspace();
const workspaces = new Workspaces(join(data, 'workspaces'));
const { path: workspace } = await workspaces.open('p', 'mine');
const { path: foreign } = await workspaces.open('p', 'theirs');
const atHome = mkdtempSync(join(homedir(), '.capsule-escape-'));
writeFileSync(join(foreign, 'secret'), 'SECRET');
writeFileSync(join(data, 'grants.json'), 'SECRET');
writeFileSync(join(atHome, 'id_ed25519'), 'SECRET');

afterAll(async () => {
  await spawner.dispose();
  remove();
  rmSync(atHome, { recursive: true });
});

const run = async (text: string, more: ScriptOptions = {}): Promise<Outcome> =>
  outcome(await spawner.spawn(await script(workspace, text, more)));
const perl = (program: string): ScriptOptions => ({ command: 'perl', args: ['-e', program] });

describe('a program cannot', () => {
  it.each([
    ['keys in the home folder', join(atHome, 'id_ed25519')],
    ['the workspace of another capsule', join(foreign, 'secret')],
    ['the data folder of the application', join(data, 'grants.json')],
    ['the memory of the application', `/proc/${String(process.pid)}/environ`],
  ])('read %s', async (_what, path) => {
    expect(existsSync(path)).toBe(true);
    const link = 'ln -sfn "$1" way && cat way; cat "$1"; cd "$(dirname "$1")" && cat "$(basename "$1")"';
    const { stdout, code } = await run('', { args: ['-c', link, 'sh', path] });
    expect(stdout).toBe('');
    expect(code).not.toBe(0);
  });

  it('see ~/.ssh, or that there is a home folder at all', async () => {
    const { stdout } = await run(`ls -d "${homedir()}" "${homedir()}/.ssh" 2>/dev/null; ls "${data}"`);
    expect(stdout).toBe('workspaces\n');
    expect((await run(`ls "${data}/workspaces/p"`)).stdout).toBe('mine\n');
  });

  it('write outside of its workspace', async () => {
    const targets = [
      '/usr/x',
      '/etc/x',
      '/x',
      join(data, 'x'),
      join(foreign, 'x'),
      join(homedir(), '.escaped'),
    ];
    await run(
      `mkdir -p "${homedir()}"; for t in ${targets.join(' ')}; do echo x > "$t"; done; ln -s / root; echo x > root/x`,
    );
    expect(targets.filter((target) => existsSync(target))).toEqual([]);
    // Its /tmp is its own.
    const name = `/tmp/escaped-${String(process.pid)}`;
    expect((await run(`echo x > ${name} && cat ${name}`)).stdout).toBe('x\n');
    expect(existsSync(name)).toBe(false);
  });

  it('reach a server on the loopback without a grant of the network', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code } = await run('', {
      command: 'bash',
      args: ['-c', `exec 3<>/dev/tcp/127.0.0.1/${String(port)}`],
    });
    server.close();
    expect([code, connections]).toEqual([1, 0]);
  });

  it.each([
    ['', false],
    [", also with the machine's network", true],
  ])('reach a socket in the abstract namespace, which is no file%s', async (_how, network) => {
    const name = `capsule-escape-${String(process.pid)}`;
    const server = createServer((socket) => socket.end('SECRET')).listen(`\0${name}`);
    await once(server, 'listening');
    const program = `use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, pack_sockaddr_un("\\0${name}")) or die "no"; print <S>`;
    const { stdout, code } = await run('', { ...perl(program), network });
    server.close();
    expect(stdout).toBe('');
    expect(code).not.toBe(0);
  });

  it("reach such a socket by a pair of its own, with the machine's network", async () => {
    const program = `use Socket; print socketpair(A, B, PF_UNIX, SOCK_STREAM, 0) ? 1 : 0, socketpair(A, B, PF_UNIX, SOCK_DGRAM, 0) ? 1 : 0`;
    expect((await run('', { ...perl(program), network: true })).stdout).toBe('10');
    expect((await run('', perl(program))).stdout).toBe('11');
  });

  it('signal a process of the machine', async () => {
    const victim = spawn('sleep', ['60'], { stdio: 'ignore' });
    const exited = once(victim, 'exit');
    await run(`kill -9 ${String(victim.pid)}; kill -9 ${String(process.pid)}; kill -9 -1; true`);
    expect(victim.exitCode ?? victim.signalCode).toBeNull();
    victim.kill('SIGTERM');
    expect(await exited).toEqual([null, 'SIGTERM']);
  });

  it('write an injected file, replace it or uncover what lies below', async () => {
    const target = join(workspace, 'config');
    const { files } = await new InjectedFiles(join(data, 'injected')).write([Buffer.from('given')]);
    // What its mode keeps out is not what is tried here.
    files.forEach(({ path }) => chmodSync(path, 0o666));
    const attempts =
      'echo bad > config; chmod 777 config; rm -f config; mv config other; umount config; cat config';
    const { stdout } = await run(attempts, { injections: files.map((file) => ({ file, target })) });
    expect(stdout).toBe('given');
    expect(files.map(({ path }) => readFileSync(path, 'utf8'))).toEqual(['given']);
  });

  it('push input into a controlling terminal: it has none, and the call is refused', async () => {
    // TIOCSTI into every descriptor and into /dev/tty, which cannot be opened.
    const program =
      'open(T, "+<", "/dev/tty") and print "has a terminal "; my $c = "x"; for (\\*STDIN, \\*STDOUT, \\*STDERR) { print ioctl($_, 0x5412, $c) ? "pushed" : $!+0, " " }';
    expect((await run('', perl(program))).stdout).toBe('1 1 1 ');
    expect((await run('cut -d" " -f7 /proc/self/stat')).stdout).toBe('0\n');
  });

  it('gain rights: by namespaces, mounts or set-user-id programs', async () => {
    const tries =
      'unshare -Ur true && echo namespace; mount -t tmpfs none /tmp && echo mounted; su -c id && echo su; grep -E "NoNewPrivs|CapBnd" /proc/self/status';
    expect((await run(tries)).stdout).toBe('CapBnd:\t0000000000000000\nNoNewPrivs:\t1\n');
  });

  it('write what belongs to the machine in /proc and /dev, as root either', async () => {
    const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8');
    const tries = [
      'p=$(cat /proc/sys/kernel/core_pattern); (echo "$p" > /proc/sys/kernel/core_pattern) && echo pattern',
      '(echo x > /dev/file) && echo device; mkdir /dev/folder && echo folder',
      // Its own processes aside, as `find` sees it.
      'cd /proc && find . -maxdepth 1 -name "[a-z]*" ! -name self ! -name thread-self -exec find {} -writable \\;',
    ];
    expect((await run(tries.join('; '))).stdout).toBe('');
    expect(readFileSync('/proc/sys/kernel/core_pattern', 'utf8')).toBe(pattern);
    const still =
      'echo x > /dev/null && echo x > /dev/shm/file && cat /dev/shm/file; head -c 1 /dev/zero | wc -c';
    expect((await run(still)).stdout).toBe('x\n1\n');
  });

  it('leave a set-user-id file behind, by whichever call', async () => {
    const tries = [
      'touch mine; chmod u+s mine; chmod g+s mine; cp /usr/bin/true copy; chmod 4755 copy',
      'perl -MFcntl -e \'sysopen(F, "opened", O_CREAT|O_WRONLY, 04755); mkdir "folder"; chmod 02777, "folder"\'',
      'mknod -m 6644 fifo p; install -m 4755 /usr/bin/true installed',
    ];
    await run(tries.join('; '));
    const left = await run('find . -perm /6000; ls mine');
    expect(left).toMatchObject({ stdout: 'mine\n' });
  });

  it("have its memory handed to the machine's handler of core dumps, whatever limit it sets", async () => {
    const { stdout } = await run('ulimit -c unlimited; ulimit -c 0; grep "core file" /proc/self/limits');
    expect(stdout.split(/\s{2,}/).slice(1, 3)).toEqual(['1', '1']);
  });

  it('hoard memory in System V segments, which no look finds once nobody has attached them', async () => {
    const program = `print defined shmget(0, 16 << 20, 0600) ? "large" : $!+0, " ", defined shmget(0, 4096, 0600) ? "small" : $!+0`;
    expect((await run('', perl(program))).stdout).toBe('22 small');
  });

  it.each([
    ['vsock', 40, 1],
    ['the cryptography of the kernel', 38, 5],
    ['packets', 17, 3],
  ])('open a socket of %s', async (_what, family, type) => {
    const program = `use Socket; print socket(S, ${String(family)}, ${String(type)}, 0) ? "open" : $!+0`;
    expect((await run('', { ...perl(program), network: true })).stdout).toBe('97');
  });

  it('outlive the application, also in a session of its own', async () => {
    const holder = `
      import { SandboxSpawner } from './src-main/os/child/spawn.ts';
      import { readChildren } from './src-main/os/proc/process-stats.ts';
      import { OS_THREADS, script } from './src-main/os/testing.ts';
      const text = 'trap "" TERM HUP INT; setsid sh -c "trap \\'\\' TERM HUP INT; while :; do sleep 1; done" & while :; do sleep 1; done';
      const child = await new SandboxSpawner(OS_THREADS).spawn(await script(process.argv[2], text));
      const own = () => readChildren(child.programPid);
      while (own().length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
      console.log(JSON.stringify([child.programPid, ...own()]));`;
    const root = join(import.meta.dirname, '../../..');
    const bundle = join(root, 'node_modules', `.escape-${String(process.pid)}.mjs`);
    await build({
      stdin: { contents: holder, resolveDir: root, loader: 'ts' },
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['execa'],
    });
    try {
      const application = spawn(process.execPath, [bundle, workspace], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = (await once(application.stdout, 'data')) as [Buffer];
      const pids = JSON.parse(line.toString()) as number[];
      expect(pids.filter((pid) => existsSync(`/proc/${String(pid)}`)).length).toBeGreaterThanOrEqual(2);
      application.kill('SIGKILL');
      await until(() => pids.every((pid) => !existsSync(`/proc/${String(pid)}`)));
    } finally {
      rmSync(bundle, { force: true });
    }
  });
});
