import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFilter, seccompFilter } from './seccomp.ts';
import type { FilteredArch } from './seccomp.ts';
import { SandboxSpawner } from '../../child/spawn.ts';
import { ABSENT_CALLS, REFUSED_CALLS } from './syscalls.ts';
import { LAUNCHER_FILE, makeWorkspace, outcome, script } from '../../testing.ts';

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;
const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;

/** The kernel's side: runs a filter over one call. Knows the four instructions that are used, and fails on any other. */
function judge(filter: Buffer, arch: number, call: number, ...args: readonly bigint[]): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call >>> 0, 0);
  data.writeUInt32LE(arch, 4);
  args.forEach((value, index) => data.writeBigUInt64LE(BigInt.asUintN(64, value), 16 + index * 8));
  let loaded = 0;
  for (let at = 0; at < filter.length; at += 8) {
    const code = filter.readUInt16LE(at);
    const operand = filter.readUInt32LE(at + 4);
    if (code === 0x06) {
      return operand;
    }
    if (code === 0x20) {
      loaded = data.readUInt32LE(operand);
      continue;
    }
    const holds =
      code === 0x15 ? loaded === operand : code === 0x35 ? loaded >= operand : (loaded & operand) !== 0;
    expect([0x15, 0x35, 0x45]).toContain(code);
    at += 8 * filter.readUInt8(at + (holds ? 2 : 3));
  }
  throw new Error('The program ran off its end.');
}

function filterOf(arch: string): Buffer {
  const filter = seccompFilter(arch);
  expect(filter).not.toBeNull();
  return filter ?? Buffer.alloc(0);
}

describe.each<[FilteredArch, { ioctl: number; clone: number; read: number; execve: number }]>([
  ['x64', { ioctl: 16, clone: 56, read: 0, execve: 59 }],
  ['arm64', { ioctl: 29, clone: 220, read: 63, execve: 221 }],
])('the filter for %s', (arch, { ioctl, clone, read, execve }) => {
  const filter = filterOf(arch);
  const of = (call: number, ...args: readonly bigint[]): number => judge(filter, AUDIT[arch], call, ...args);

  it('is whole instructions, fewer than the kernel takes, every jump inside', () => {
    expect(filter.length % 8).toBe(0);
    expect(filter.length / 8).toBeLessThan(4096);
    for (let at = 0; at < filter.length; at += 8) {
      const furthest = Math.max(filter.readUInt8(at + 2), filter.readUInt8(at + 3));
      expect(at / 8 + 1 + furthest).toBeLessThanOrEqual(filter.length / 8);
    }
  });

  it.each(REFUSED_CALLS)('refuses %s', (_name, x64, arm64) => {
    const number = arch === 'x64' ? x64 : arm64;
    expect(number === null ? EPERM : of(number)).toBe(EPERM);
  });

  it.each(ABSENT_CALLS)('knows no %s', (_name, x64, arm64) => {
    expect(of((arch === 'x64' ? x64 : arm64) ?? -1)).toBe(ENOSYS);
  });

  it('lets everything else through', () => {
    const listed = [...REFUSED_CALLS, ...ABSENT_CALLS].map(([, x64, arm64]) =>
      arch === 'x64' ? x64 : arm64,
    );
    expect([of(read), of(execve)]).toEqual([ALLOW, ALLOW]);
    for (let call = 0; call < 500; call += 1) {
      expect([call, of(call)]).toEqual([call, listed.includes(call) ? of(call) : ALLOW]);
    }
  });

  it('refuses to type into terminals, also with dirt in the half of the argument that the kernel ignores', () => {
    expect(of(ioctl, 0n, 0x5412n)).toBe(EPERM);
    expect(of(ioctl, 0n, 0xdead_0000_5412n)).toBe(EPERM);
    expect(of(ioctl, 0n, 0x541cn)).toBe(EPERM);
    // TCGETS, TIOCGWINSZ.
    expect([of(ioctl, 0n, 0x5401n), of(ioctl, 0n, 0x5413n)]).toEqual([ALLOW, ALLOW]);
  });

  it.each([0x10000000n, 0x20000n, 0x40000000n, 0x2000000n, 0x10000011n])(
    'refuses clone into new namespaces, %x',
    (flags) => {
      expect(of(clone, flags)).toBe(EPERM);
    },
  );

  it('lets clone make processes and threads', () => {
    // fork as libc does it, and pthread_create.
    expect([of(clone, 0x1200011n), of(clone, 0x3d0f00n)]).toEqual([ALLOW, ALLOW]);
  });

  it('ends what comes from another architecture, whose numbers mean other calls', () => {
    // i386, and arm.
    expect(judge(filter, 0x40000003, read)).toBe(KILL);
    expect(judge(filter, 0x40000028, read)).toBe(KILL);
  });
});

it('refuses the second way to every call of x86_64', () => {
  expect(judge(filterOf('x64'), AUDIT.x64, 0x40000000)).toBe(EPERM);
  expect(judge(filterOf('x64'), AUDIT.x64, 0x40000000 + 321)).toBe(EPERM);
});

it('has no filter for an architecture that it does not know', () => {
  expect(seccompFilter('riscv64')).toBeNull();
});

describe('a sandbox whose filter', () => {
  const filtered = (filter: Uint8Array, ...command: readonly string[]): Promise<string> =>
    promisify(execFile)('sh', [
      ...['-c', 'printf "$0" | base64 -d | exec bwrap "$@"', Buffer.from(filter).toString('base64')],
      ...['--unshare-all', '--ro-bind', '/', '/', '--seccomp', '0', '--', ...command],
    ]).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );

  it.each([
    ['never came', 0],
    ['was cut off between two instructions', 8],
    ['was cut off in the middle of one', 12],
  ])('%s executes nothing', async (_what, length) => {
    expect(await filtered(filterOf(process.arch).subarray(0, length), 'echo', 'ran')).toBe('');
  });

  it('refuses nothing executes its program, without new rights', async () => {
    expect(await filtered(emptyFilter(), 'grep', 'Seccomp:', '/proc/self/status')).toBe('Seccomp:\t2\n');
  });
});

describe('inside the sandbox', () => {
  const spawner = new SandboxSpawner(LAUNCHER_FILE);
  const { path: workspace, remove } = makeWorkspace();
  afterAll(async () => {
    await spawner.dispose();
    remove();
  });

  it('the filter is in force for the program and what it starts', async () => {
    const child = await spawner.spawn(
      await script(workspace, 'grep Seccomp: /proc/self/status /proc/1/status'),
    );
    expect((await outcome(child)).stdout).toBe('/proc/self/status:Seccomp:\t2\n/proc/1/status:Seccomp:\t2\n');
  });

  it.each([
    ['bpf', 1],
    ['keyctl', 1],
    ['add_key', 1],
    ['perf_event_open', 1],
    ['userfaultfd', 1],
    ['unshare', 1],
    ['mount', 1],
    ['clone3', 38],
    ['io_uring_setup', 38],
  ])('%s fails with error %i', async (name, error) => {
    const [, x64, arm64] = [...REFUSED_CALLS, ...ABSENT_CALLS].find(([each]) => each === name) ?? [];
    const number = process.arch === 'x64' ? x64 : arm64;
    const program = `my $r = syscall(${String(number)}, 0, 0, 0, 0, 0); print $r, " ", $!+0`;
    const child = await spawner.spawn(
      await script(workspace, '', { command: 'perl', args: ['-e', program] }),
    );
    expect((await outcome(child)).stdout).toBe(`-1 ${String(error)}`);
  });

  it.each([
    [
      'threads and timers',
      'node',
      [
        '-e',
        'setTimeout(() => fetch, 1); require("fs").readFile("/etc/passwd", (e, t) => console.log(t.length > 0))',
      ],
      'true\n',
    ],
    ['processes', 'sh', ['-c', 'echo $(echo a | cat; (sleep 0.01 & wait); echo b)'], 'a b\n'],
    ['a repository', 'git', ['init', '-q', '.'], ''],
    ['perl', 'perl', ['-e', 'system("echo sub"); print "x"'], 'sub\nx'],
  ])('%s still work', async (_what, command, args, stdout) => {
    const child = await spawner.spawn(await script(workspace, '', { command, args }));
    expect(await outcome(child)).toMatchObject({ code: 0, stdout, stderr: '' });
  });
});
