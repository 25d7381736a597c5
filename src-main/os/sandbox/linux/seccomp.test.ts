import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { emptyFilter, seccompFilter, type SandboxNetwork } from './seccomp.ts';
import type { FilteredArch } from './seccomp.ts';
import { SandboxSpawner } from '../../child/spawn.ts';
import {
  ABSENT_CALLS,
  LIMIT_CALLS,
  MAX_SEGMENT_BYTES,
  MAX_SEMAPHORES,
  MODE_CALLS,
  OPEN_CALLS,
  REFUSED_CALLS,
  SEGMENT_CALL,
  SEMAPHORE_CALL,
  SOCKET_CALLS,
  SOCKET_FAMILIES,
} from './syscalls.ts';
import { OS_THREADS, makeWorkspace, outcome, script } from '../../testing.ts';

const AUDIT = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;
const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const EPERM = 0x00050001;
const EINVAL = 0x0005_0000 | 22;
const ENOSYS = 0x00050026;
const ENOSPC = 0x0005001c;
const EAFNOSUPPORT = 0x00050061;
const DONE = 0x00050000;

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
    if (code === 0x54) {
      loaded &= operand;
      continue;
    }
    const holds =
      code === 0x15 ? loaded === operand : code === 0x35 ? loaded >= operand : (loaded & operand) !== 0;
    expect([0x15, 0x35, 0x45]).toContain(code);
    at += 8 * filter.readUInt8(at + (holds ? 2 : 3));
  }
  throw new Error('The program ran off its end.');
}

function filterOf(arch: string, network: SandboxNetwork = 'own'): Buffer {
  const filter = seccompFilter(arch, network);
  expect(filter).not.toBeNull();
  return filter ?? Buffer.alloc(0);
}

describe.each<[FilteredArch, { ioctl: number; clone: number; read: number; execve: number }]>([
  ['x64', { ioctl: 16, clone: 56, read: 0, execve: 59 }],
  ['arm64', { ioctl: 29, clone: 220, read: 63, execve: 221 }],
])('the filter for %s', (arch, { ioctl, clone, read, execve }) => {
  const filter = filterOf(arch);
  const of = (call: number, ...args: readonly bigint[]): number => judge(filter, AUDIT[arch], call, ...args);

  const numberOf = (call: readonly [string, number | null, number | null, ...unknown[]]): number | null =>
    arch === 'x64' ? call[1] : call[2];
  /** The arguments of a call: all of them 0 but one, or two that follow each other. */
  const at = (position: number, ...values: readonly bigint[]): readonly bigint[] => [
    ...Array.from({ length: position }, () => 0n),
    ...values,
  ];
  const HIGH = 0xdead_0000_0000n;

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
    const listed = [...REFUSED_CALLS, ...ABSENT_CALLS].map(numberOf);
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

  it.each(SOCKET_CALLS)('lets %s have only the families that programs use', (...call) => {
    const number = numberOf(call) ?? -1;
    for (let family = 0n; family < 64n; family += 1n) {
      const expected = (SOCKET_FAMILIES as readonly number[]).includes(Number(family)) ? ALLOW : EAFNOSUPPORT;
      expect([family, of(number, family), of(number, HIGH | family)]).toEqual([family, expected, expected]);
    }
    // AF_ALG and AF_VSOCK, by name.
    expect([of(number, 38n), of(number, 40n)]).toEqual([EAFNOSUPPORT, EAFNOSUPPORT]);
  });

  it("has no Unix sockets where the machine's abstract ones are in reach, but for pairs that stay connected", () => {
    const shared = filterOf(arch, 'shared');
    const [socket = -1, pair = -1] = SOCKET_CALLS.map((call) => numberOf(call) ?? -1);
    const ofShared = (call: number, ...args: readonly bigint[]): number =>
      judge(shared, AUDIT[arch], call, ...args);
    // SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, and each with SOCK_CLOEXEC and SOCK_NONBLOCK.
    const types = [1n, 2n, 5n].flatMap((type) => [type, type | 0o2000000n | 0o4000n]);
    expect(types.map((type) => ofShared(socket, 1n, type))).toEqual(types.map(() => EAFNOSUPPORT));
    expect(types.map((type) => ofShared(pair, 1n, type))).toEqual([
      ...[ALLOW, ALLOW],
      ...[EAFNOSUPPORT, EAFNOSUPPORT],
      ...[ALLOW, ALLOW],
    ]);
    for (const family of SOCKET_FAMILIES.filter((each) => each !== 1)) {
      expect(ofShared(socket, BigInt(family), 2n)).toBe(ALLOW);
    }
    expect([of(socket, 1n, 1n), of(pair, 1n, 2n)]).toEqual([ALLOW, ALLOW]);
  });

  it('lets a System V segment be as small as those that programs use to know each other by', () => {
    const number = numberOf(SEGMENT_CALL) ?? -1;
    const most = BigInt(MAX_SEGMENT_BYTES);
    const sizes = [0n, 56n, most, most + 1n, 1n << 31n, 1n << 32n, HIGH | 56n];
    expect(sizes.map((size) => of(number, 0n, size))).toEqual([
      ...[ALLOW, ALLOW, ALLOW],
      ...[EINVAL, EINVAL, EINVAL, EINVAL],
    ]);
  });

  it.each(MODE_CALLS)('refuses %s set-user-id and set-group-id', (...call) => {
    const number = numberOf(call);
    if (number !== null) {
      const [, , , mode] = call;
      const given = [0o4755n, 0o2755n, 0o6000n, HIGH | 0o4000n, 0o755n, 0o1777n, 0o100644n];
      expect(given.map((each) => of(number, ...at(mode, each)))).toEqual([
        ...[EPERM, EPERM, EPERM, EPERM],
        ...[ALLOW, ALLOW, ALLOW],
      ]);
    }
  });

  it.each(OPEN_CALLS)('refuses %s the same only where it makes a file', (...call) => {
    const number = numberOf(call);
    if (number !== null) {
      const [, , , flags] = call;
      const [create, temporary] = [0o101n, 0o20200002n];
      expect(of(number, ...at(flags, create, 0o4755n))).toBe(EPERM);
      expect(of(number, ...at(flags, temporary, 0o2600n))).toBe(EPERM);
      expect(of(number, ...at(flags, create, 0o644n))).toBe(ALLOW);
      // O_DIRECTORY shares a bit with O_TMPFILE and makes nothing; what stands in the mode then is an accident.
      expect([of(number, ...at(flags, 0n, 0o7777n)), of(number, ...at(flags, 0o200000n, 0o7777n))]).toEqual([
        ALLOW,
        ALLOW,
      ]);
    }
  });

  it('lets a set of semaphores have no more than programs take', () => {
    const number = numberOf(SEMAPHORE_CALL) ?? -1;
    const most = BigInt(MAX_SEMAPHORES);
    const given = [0n, most, most + 1n, 32_000n, 0xffff_ffffn, HIGH | 1n];
    expect(given.map((count) => of(number, 0n, count))).toEqual([
      ...[ALLOW, ALLOW, ENOSPC],
      ...[ENOSPC, ENOSPC, ALLOW],
    ]);
  });

  it.each(LIMIT_CALLS)('says that %s has set the limit of core dumps, and leaves it as it is', (...call) => {
    const number = numberOf(call) ?? -1;
    const [, , , resource, limit] = call;
    const set = (what: bigint, pointer: bigint): number => {
      const args = [0n, 0n, 0n];
      args[resource] = what;
      args[limit] = pointer;
      return of(number, ...args);
    };
    expect([set(4n, 0x7ffe_0000_0010n), set(4n, 0x10n), set(4n, 1n << 32n)]).toEqual([DONE, DONE, DONE]);
    expect([set(4n, 0n), set(7n, 0x7ffe_0000_0010n)]).toEqual([ALLOW, ALLOW]);
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
  expect(seccompFilter('riscv64', 'own')).toBeNull();
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
  const spawner = new SandboxSpawner(OS_THREADS);
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
    ['vmsplice', 38],
    ['memfd_secret', 38],
    ['msgget', 38],
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
