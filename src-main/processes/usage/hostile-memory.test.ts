import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { makeWorkspace, OS_THREADS, probeWatched, script } from '../../os/testing.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { ProcessRegistry } from '../registry/registry.ts';

const MiB = 1024 * 1024;
const spawner = new SandboxSpawner(OS_THREADS, probeWatched);
const registry = new ProcessRegistry({ spawn: (spec) => spawner.spawn(spec), clock: systemClock });
const { path: workspace, remove } = makeWorkspace();

afterAll(async () => {
  await registry.dispose();
  await spawner.dispose();
  remove();
});

async function start(text: string, maxMemoryBytes: number, command = 'perl'): Promise<ManagedProcess> {
  const flag = command === 'perl' ? '-e' : '-c';
  const { stdin: _none, ...spec } = await script(workspace, '', {
    command,
    args: [flag, text],
    limits: { maxMemoryBytes, maxPids: 64, maxOpenFiles: 1024 },
  });
  return registry.spawn({ capsule: 'c', principal: 'p', call: null }, 'persistent', spec);
}

/** A megabyte, a memory file by its number on x86-64, and one sent through a socket by sendmsg with SCM_RIGHTS. */
const perl = `use Socket; use Fcntl; $| = 1; our $m = "x" x (1 << 20);
  sub memory_file { my $n = "x"; my $fd = syscall(319, $n, 0); open(my $f, "+<&=", $fd) or die $!; $f }
  sub fill { my ($f, $n) = @_; syswrite($f, $m) for 1 .. $n; $f }
  sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die $!; ($a, $b) }
  sub flood { my ($s) = @_; setsockopt($s, SOL_SOCKET, SO_SNDBUF, 1 << 20);
    fcntl($s, F_SETFL, O_NONBLOCK); 1 while syswrite($s, $m, 65536) }
  sub send_descriptor { my ($s, $f) = @_; my $byte = "x"; my $iov = pack("PQ", $byte, 1);
    my $control = pack("Q l l l x4", 20, 1, 1, fileno($f));
    my $message = pack("Q L x4 P Q P Q l x4", 0, 0, $iov, 1, $control, 24, 0);
    syscall(46, fileno($s), $message, 0) == 1 or die $! }
  sub map_shared { my ($bytes, $flags, $fd) = @_; syscall(9, 0, $bytes, 3, $flags, $fd, 0) }
  sub touch { my ($at, $bytes) = @_; for (my $i = 0; $i < $bytes; $i += 4096) {
    syscall(0, fileno($zero), $at + $i, 1) } }
  open(our $zero, "<", "/dev/zero");`;

/** How each takes memory that is nobody's; all of it is less than a gigabyte, and then nothing happens. */
const hostile: readonly (readonly [what: string, program: string])[] = [
  ['a memory file', 'our $f = fill(memory_file(), 400);'],
  [
    'memory files in a socket, closed here',
    '(our $a, our $b) = pair(); send_descriptor($a, fill(memory_file(), 40)) for 1 .. 10;',
  ],
  [
    'memory files in a socket that is in a socket',
    `our @kept = map { my ($a, $b) = pair(); send_descriptor($a, fill(memory_file(), 40));
       my ($c, $d) = pair(); send_descriptor($c, $b); [$c, $d, $a] } 1 .. 10;`,
  ],
  [
    'a memory file that is mapped by a page and closed',
    'for (1 .. 10) { my $f = fill(memory_file(), 40); map_shared(4096, 1, fileno($f)) }',
  ],
  [
    'shared memory that is mapped and given up (MADV_DONTNEED)',
    'my $n = 400 << 20; my $at = map_shared($n, 0x21, -1); touch($at, $n); syscall(28, $at, $n, 4);',
  ],
  [
    'shared memory of ten children, each its own',
    'for (1 .. 10) { fork or do { my $n = 30 << 20; touch(map_shared($n, 0x21, -1), $n); sleep 8; exit } }',
  ],
  [
    'files in both private file systems',
    'our @f = map { open(my $f, "+>", $_) or die $!; fill($f, 60) } "/tmp/a", "/dev/shm/a";',
  ],
  [
    'the same without names',
    'our @f = map { open(my $f, "+>", $_) or die $!; unlink $_; fill($f, 60) } "/tmp/a", "/dev/shm/a";',
  ],
  ['empty files', 'for (1 .. 200_000) { open(my $f, ">", "/tmp/$_") or die $! }'],
  [
    'buffers of pairs of sockets',
    'our @s; for (1 .. 300) { my ($a, $b) = pair(); flood($a); push @s, $a, $b }',
  ],
  [
    'buffers of connections that are not accepted, closed by who made them',
    `socket(our $l, AF_UNIX, SOCK_STREAM, 0); bind($l, pack_sockaddr_un("/tmp/s")); listen($l, 1000);
     for (1 .. 300) { socket(my $s, AF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un("/tmp/s")) or die $!;
       flood($s) }`,
  ],
  // The kernel lets one user have 64 MiB in pipes, and any number of pipes of two pages beyond.
  [
    'pipes of many processes',
    `for (1 .. 50) { fork or do { my @p; for (1 .. 480) { pipe(my $r, my $w) or die $!; flood($w); push @p, $r, $w }
      sleep 8; exit } }`,
  ],
  [
    'sockets with full buffers in a socket',
    `our ($a, $b) = pair(); for (1 .. 200) { my ($c, $d) = pair(); flood($c); send_descriptor($a, $c);
       send_descriptor($a, $d) }`,
  ],
];

describe.runIf(process.arch === 'x64')('a limit of 64 MiB holds for', () => {
  it.each(hostile)('%s', async (_what, program) => {
    const process = await start(`${perl} ${program} print "has it"; sleep 8`, 64 * MiB);
    expect(await process.exited).toEqual({ code: null, signal: 9, reason: 'memory-limit' });
  });

  it.runIf(existsSync('/usr/bin/python3'))('a thread whose process has ended its first one', async () => {
    const program = `import ctypes, threading, time
def grow():
    time.sleep(0.2)
    kept = [bytearray(b"x" * (1 << 20)) for _ in range(200)]
    time.sleep(8)
threading.Thread(target=grow).start()
ctypes.CDLL(None).syscall(60, 0)`;
    expect(await (await start(program, 64 * MiB, 'python3')).exited).toMatchObject({
      reason: 'memory-limit',
    });
  });
});

describe.runIf(process.arch === 'x64')('what belongs together counts once:', () => {
  it('a file in memory that ten processes map, sent through a socket too', async () => {
    // 40 MiB, mapped and touched by eleven, under a limit of 100.
    const program = `our $f = fill(memory_file(), 40); our $n = 40 << 20; our ($a, $b) = pair(); send_descriptor($a, $f);
      sub look { touch(map_shared($n, 1, fileno($f)), $n); select(undef, undef, undef, 1.5) }
      for (1 .. 10) { fork or do { look(); exit } } look(); 1 while wait > 0;`;
    const process = await start(`${perl} ${program}`, 100 * MiB);
    expect(await process.exited).toEqual({ code: 0, signal: null, reason: 'self' });
    const peak = process.view().usage?.peakMemoryBytes ?? 0;
    expect(peak).toBeGreaterThan(40 * MiB);
    expect(peak).toBeLessThan(100 * MiB);
  });

  it('a file of the private file systems that is mapped', async () => {
    const program = `open(our $f, "+>", "/dev/shm/a"); fill($f, 60); my $n = 60 << 20;
      for (1 .. 3) { fork or do { touch(map_shared($n, 1, fileno($f)), $n); select(undef, undef, undef, 1); exit } }
      1 while wait > 0;`;
    expect(await (await start(`${perl} ${program}`, 100 * MiB)).exited).toMatchObject({ reason: 'self' });
  });
});
