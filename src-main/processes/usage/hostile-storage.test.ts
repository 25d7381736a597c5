import { describe, expect, it } from 'vitest';
import { ENDED, perl, setUpStorage } from '../testing.ts';

/** Each grows on, since others may free as much of the disk as it takes; told by the growth of the whole disk, so it runs alone. */
const SYSTEM_CALLS = `use Socket;
  sub deleted { open(my $f, "+>", "deleted") or die $!; unlink "deleted"; syswrite($f, "x" x (1 << 20)) for 1 .. $_[0]; $f }
  sub pair { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die $!; ($a, $b) }
  sub send_descriptor { my ($s, $f) = @_; my $byte = "x"; my $iov = pack("PQ", $byte, 1);
    my $control = pack("Q l l l x4", 20, 1, 1, fileno($f));
    my $message = pack("Q L x4 P Q P Q l x4", 0, 0, $iov, 1, $control, 24, 0);
    syscall(46, fileno($s), $message, 0) == 1 or die $! }
  sub keep_at { my ($do) = @_; for (1 .. 100) { $do->(deleted(10)); select(undef, undef, undef, 0.5) } }
  sub map_page { my ($f) = @_; syscall(9, 0, 4096, 3, 1, fileno($f), 0) }`;
/**
 * Lets a file grow in a folder that it moves from the last folder into the first whenever that was read, and back when the last
 * was: told of it by inotify, while a look is at the 2,000 files between.
 */
const EVADER = `for my $d (10 .. 59) { mkdir "d$d"; for (1 .. 40) { open(my $f, ">", "d$d/$_") } }
  mkdir "d59/hoard"; open(my $big, ">", "d59/hoard/big");
  my $watch = syscall(253); my ($first, $last) = map { my $p = "d$_"; syscall(254, $watch, $p, 0x10) } 10, 59;
  if (!fork) { for (1 .. 1000) { syswrite($big, "x" x (1 << 20)); select(undef, undef, undef, 0.05) } exit }
  open(my $events, "<&=", $watch);
  while (sysread($events, my $read, 4096)) { while (length $read) {
    my ($of, undef, undef, $length) = unpack("l L L L", $read); substr($read, 0, 16 + $length, "");
    rename("d10/hoard", "d59/hoard") if $of == $last; rename("d59/hoard", "d10/hoard") if $of == $first } }`;

// The numbers of system calls are those of one architecture.
describe.runIf(process.arch === 'x64')('a program over the quota that hides it is ended', () => {
  it('with deleted files that no look can see', async () => {
    const { start } = setUpStorage();
    const sent = await start(
      '',
      perl(`${SYSTEM_CALLS} my ($a, $b) = pair(); keep_at(sub { send_descriptor($a, @_) })`),
    );
    expect(await sent.exited).toEqual(ENDED);
    const mapped = await start('', perl(`${SYSTEM_CALLS} keep_at(\\&map_page)`));
    expect(await mapped.exited).toEqual(ENDED);
  });

  it('with files that it moves out of the way of every look', async () => {
    const { start } = setUpStorage({ entries: 5_000 });
    const evader = await start('', perl(EVADER));
    expect(await evader.exited).toEqual(ENDED);
  });
});
