import { basename } from 'node:path';
import { expect } from '@playwright/test';
import { outcomeOf, starterOf, tried } from '../support/attacking-program.ts';
import { pathsBelow } from '../support/contents.ts';
import { attempts, type Row } from '../support/hostile-test.ts';
import type { Watched } from '../support/under-watch.ts';

/** Perl that ends with what the system said of one thing. Numbers of system calls are those of x86-64. */
type Text = string | ((watched: Watched) => string);

/** A row that tries one thing; its code is that of the error, `done` would be a success. */
const refused = (name: string, code: string, text: Text, short?: 'short'): Row => ({
  name,
  code,
  run: (watched) => tried(watched, typeof text === 'string' ? text : text(watched)),
  ...(short && { short: true }),
});

const write = (path: string): string => `tell_of(open(my $f, ">", "${path}"))`;
const read = (path: string): string => `tell_of(open(my $f, "<", "${path}"))`;
const socket = (family: number, type: number): string => `call_of(41, ${family}, ${type}, 0)`;
const connect = (address: string, family = 'AF_INET'): string =>
  `socket(my $s, ${family}, SOCK_STREAM, 0) or tell_of(0); tell_of(connect($s, ${address}))`;

/** The display of these tests, which the application shows its window on. */
const display = /\d+/.exec(process.env['DISPLAY'] ?? '')?.[0] ?? '0';

attempts('6 sandbox', [
  refused('writes who handles core dumps', 'EROFS|EACCES', write('/proc/sys/kernel/core_pattern'), 'short'),
  refused('writes how memory is given out', 'EROFS|EACCES', write('/proc/sys/vm/overcommit_memory')),
  refused('presses SysRq', 'EROFS|EACCES|ENOENT', write('/proc/sysrq-trigger')),
  refused('reads the memory of the kernel', 'ENOENT|EACCES|EPERM', read('/proc/kcore')),
  refused('reads /sys', 'ENOENT', read('/sys/kernel/uevent_seqnum')),
  refused('puts a file among the devices', 'EROFS|EACCES', write('/dev/planted')),
  refused('makes a device', 'EPERM', 'my $n = "sda"; call_of(133, $n, 0060600, 0x800)'),
  refused('opens the memory of the machine', 'ENOENT', read('/dev/mem')),
  refused('puts a program among those of the machine', 'EROFS|EACCES', write('/usr/bin/planted')),
  refused('reads the passwords', 'ENOENT', read('/etc/shadow')),
  refused('reads a key of the operator', 'ENOENT', ({ decoy }) => read(`${decoy}/.ssh/id_ed25519`), 'short'),
  refused('writes to the operator’s folder', 'ENOENT|EROFS|EACCES', ({ decoy }) => write(`${decoy}/planted`)),
  refused('writes to the audit log', 'ENOENT|EROFS|EACCES', ({ desktop: { dataDir } }) =>
    write(`${dataDir}/audit/audit.jsonl`),
  ),
  refused('reads the operator’s folder past init’s root', 'ENOENT|EACCES', ({ decoy }) =>
    read(`/proc/1/root/${decoy}/.profile`),
  ),
  refused(
    'mounts',
    'EPERM',
    'my ($a, $b, $c) = ("none", "/tmp", "tmpfs"); call_of(165, $a, $b, $c, 0, 0)',
    'short',
  ),
  refused('makes a user namespace', 'EPERM', 'call_of(272, 0x10000000)'),
  refused('clones into a user namespace', 'EPERM', 'call_of(56, 0x10000000 | 17, 0, 0, 0, 0)'),
  refused(
    'enters another namespace',
    'EPERM',
    'open(my $n, "<", "/proc/1/ns/net"); call_of(308, $n ? fileno($n) : 0, 0)',
  ),
  refused('loads a program into the kernel', 'EPERM', 'call_of(321, 0, 0, 0)'),
  refused('reads the keyring', 'EPERM', 'call_of(250, 0, -3, 0)'),
  refused('makes a ring for input and output', 'ENOSYS', 'call_of(425, 1, 0)'),
  refused('opens by handle', 'EPERM', 'call_of(304, 0, 0, 0)'),
  refused('restarts the machine', 'EPERM', 'call_of(169, 0, 0, 0, 0)'),
  refused('sets the clock', 'EPERM', 'call_of(164, 0, 0)'),
  refused('talks to the hypervisor (vsock)', 'EAFNOSUPPORT', socket(40, 1), 'short'),
  refused('talks to the kernel’s ciphers (alg)', 'EAFNOSUPPORT', socket(38, 5)),
  refused('listens on the wire (packet)', 'EAFNOSUPPORT', socket(17, 3)),
  refused('makes a pair of another family', 'EAFNOSUPPORT', 'my $p = "\\0" x 8; call_of(53, 40, 1, 0, $p)'),
  refused(
    'reaches the display by its abstract name',
    'ECONNREFUSED',
    connect(`pack_sockaddr_un("\\0/tmp/.X11-unix/X${display}")`, 'AF_UNIX'),
    'short',
  ),
  refused(
    'reaches the display by its file',
    'ENOENT',
    connect(`pack_sockaddr_un("/tmp/.X11-unix/X${display}")`, 'AF_UNIX'),
  ),
  refused('reaches a server of this machine', 'ECONNREFUSED|ENETUNREACH', ({ bait: { host } }) =>
    connect(`pack_sockaddr_in(${host.split(':')[1]}, inet_aton("127.0.0.1"))`),
  ),
  refused('reaches another machine', 'ENETUNREACH', connect('pack_sockaddr_in(80, inet_aton("192.0.2.1"))')),
  refused(
    'sets the user id on execution',
    'EPERM',
    'open(my $f, ">", "a"); tell_of(chmod(04755, "a"))',
    'short',
  ),
  refused(
    'makes a file that sets the group id',
    'EPERM',
    'tell_of(sysopen(my $f, "b", O_CREAT | O_WRONLY, 02755))',
  ),
  refused('sets the user id by descriptor', 'EPERM', 'open(my $f, ">", "c"); call_of(91, fileno($f), 04755)'),
  refused('types into a terminal', 'ENOTTY|EIO|EPERM', 'my $x = "x"; tell_of(ioctl(STDIN, 0x5412, $x))'),
  {
    name: 'asks for core dumps and makes one',
    code: 'signal-6',
    short: true,
    async run(watched) {
      const ending = await outcomeOf(watched, await starterOf(watched), {
        cmd: 'perl',
        // The answer is that the limit was set, and it was not.
        args: ['-e', 'my $most = pack("QQ", ~0, ~0); syscall(160, 4, $most); kill ABRT => $$; sleep 60'],
      });
      const dumps = pathsBelow(watched.desktop.dataDir).filter((path) => /^core(\.|$)/.test(basename(path)));
      expect(dumps).toEqual([]);
      return ending;
    },
  },
]);
