import { endedByLimit, HOLD, tried } from '../support/attacking-program.ts';
import { attempts, type Row } from '../support/hostile-test.ts';

const MIB = 1024 ** 2;
/** The least that there may be of memory; each attempt takes several times as much. */
const MEMORY = { maxMemoryBytes: 64 * MIB, maxPids: 64 };
const CPU = { maxCpuSecs: 1, maxPids: 64 };

/**
 * A megabyte; a file in memory (`memfd_create`), a shared mapping, a descriptor sent through a socket, with the numbers of
 * their calls on x86-64.
 */
const PERL = `use Socket; use Fcntl; use POSIX (); $| = 1; our $mib = "x" x (1 << 20); our @held;
  sub memfd { my $name = "m"; my $fd = syscall(319, $name, 0); open(my $file, "+<&=", $fd) or die $!; $file }
  sub put { my ($file, $count) = @_; syswrite($file, $mib) for 1 .. $count; push @held, $file; $file }
  sub named { my ($name) = @_; open(my $file, "+>", $name) or die $!; $file }
  sub pair { socketpair(my $one, my $other, AF_UNIX, SOCK_STREAM, 0) or die $!; ($one, $other) }
  sub stuff { my ($end) = @_; setsockopt($end, SOL_SOCKET, SO_SNDBUF, 1 << 20);
    fcntl($end, F_SETFL, O_NONBLOCK); 1 while syswrite($end, $mib, 65536); push @held, $end }
  sub shared { syscall(9, 0, $_[0], 3, 0x21, -1, 0) }
  sub touch { open(my $zero, "<", "/dev/zero"); for (my $at = 0; $at < $_[1]; $at += 4096) { syscall(0, fileno($zero), $_[0] + $at, 1) } }
  sub pass { my ($through, $file) = @_; my $byte = "x"; my $vector = pack("PQ", $byte, 1);
    my $rights = pack("Q l l l x4", 20, 1, 1, fileno($file));
    my $message = pack("Q L x4 P Q P Q l x4", 0, 0, $vector, 1, $rights, 24, 0); syscall(46, fileno($through), $message, 0) == 1 or die $! }
  sub burn { my ($seconds) = @_; my $end = (times)[0] + $seconds; 1 while (times)[0] < $end }
  sub child { my ($work) = @_; my $pid = fork; defined $pid or return; return $pid if $pid; $work->(); POSIX::_exit(0) }`;

const limited = (
  name: string,
  code: string,
  limits: Readonly<Record<string, number>>,
  text: string,
  short?: 'short',
): Row => ({
  name,
  code,
  run: (watched) => endedByLimit(watched, `${PERL} ${text} ${HOLD}`, limits),
  ...(short && { short: true }),
});

const memory = (name: string, text: string, short?: 'short'): Row =>
  limited(name, 'memory-limit', MEMORY, text, short);
const cpu = (name: string, text: string, short?: 'short'): Row =>
  limited(name, 'cpu-limit', CPU, text, short);
const refused = (name: string, code: string, text: string): Row => ({
  name,
  code,
  run: (watched) => tried(watched, text),
});

attempts('7 limits', [
  // The system refuses it at once, and perl gives up.
  limited('its own memory', 'self|memory-limit', MEMORY, 'our $own = "x" x (400 << 20);'),
  memory('a file in memory', 'put(memfd(), 400);', 'short'),
  memory(
    'files in memory in a socket, closed here',
    'my ($in, $out) = pair(); push @held, $in, $out; for (1 .. 10) { my $f = put(memfd(), 40); pass($in, $f); pop @held; close $f }',
  ),
  memory(
    'shared memory of ten children',
    'for (1 .. 10) { child(sub { touch(shared(40 << 20), 40 << 20); sleep 300 }) }',
  ),
  memory('a file in /dev/shm', 'put(named("/dev/shm/a"), 400);', 'short'),
  memory('a file in /tmp without a name', 'my $f = named("/tmp/a"); unlink "/tmp/a"; put($f, 400);'),
  memory('two hundred thousand empty files', 'for (1 .. 200_000) { named("/tmp/$_") }'),
  memory('buffers of sockets', 'for (1 .. 300) { my ($in, $out) = pair(); stuff($in); push @held, $out }'),
  memory(
    'a copy in each of twenty children',
    'for (1 .. 20) { child(sub { our $own = "x" x (20 << 20); sleep 300 }) }',
  ),
  refused(
    'a System V segment of 32 MiB',
    'EPERM|EINVAL|ENOMEM|ENOSPC|EACCES',
    'call_of(29, 0, 32 << 20, 01600)',
  ),
  refused('a queue of messages', 'ENOSYS', 'call_of(68, 0, 01600)'),
  refused('thirty thousand semaphores', 'EPERM|EINVAL|ENOSPC', 'call_of(64, 0, 30_000, 01600)'),
  refused('secret memory', 'ENOSYS', 'call_of(447, 0)'),
  refused('pages in a pipe', 'ENOSYS', 'call_of(278, 1, 0, 0, 0)'),
  refused(
    'a file larger than /tmp may be',
    'ENOSPC',
    'my $m = "x" x (1 << 20); open(my $f, ">", "/tmp/a"); for (1 .. 1200) { syswrite($f, $m) or tell_of(0) } tell_of(1)',
  ),
  refused(
    'more descriptors than there may be',
    'EMFILE',
    'my @all; for (1 .. 200_000) { open(my $f, "<", "/dev/null") or tell_of(0); push @all, $f } tell_of(1)',
  ),
  cpu('a loop', '1 while 1;'),
  cpu(
    'children that nobody waits for',
    '$SIG{CHLD} = "IGNORE"; while (1) { child(sub { burn(0.2) }); wait }',
    'short',
  ),
  cpu(
    'children that leave no trace',
    'POSIX::sigaction(POSIX::SIGCHLD(), POSIX::SigAction->new("DEFAULT", undef, 2)); while (1) { child(sub { burn(0.1) }); wait }',
  ),
  cpu(
    'grandchildren that init adopts',
    'while (1) { child(sub { child(sub { burn(0.1) }) }); wait; select(undef, undef, undef, 0.1) }',
  ),
  cpu('several at a time', '$SIG{CHLD} = "IGNORE"; while (1) { child(sub { burn(0.1) }) for 1 .. 4; wait }'),
  cpu(
    'one that goes on as the next',
    'child(sub { while (1) { burn(0.05); fork and POSIX::_exit(0); POSIX::setsid() } });',
  ),
  limited(
    'processes without end',
    'pids-limit',
    { maxPids: 32 },
    'while (1) { child(sub { sleep 300 }) // last }',
  ),
]);
