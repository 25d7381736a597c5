import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { probeSandbox } from '../probe.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { kernelLimits } from './kernel-limits.ts';
import type { SandboxTools } from './bubblewrap.ts';
import type { Mount } from '../../files/mounts.ts';
import type { SandboxSpec } from '../spec/spec.ts';
import { makeWorkspace } from '../../testing.ts';

const tools: SandboxTools = {
  view: {
    folders: ['/usr'],
    links: [{ path: '/bin', target: 'usr/bin' }],
    etc: ['/etc/passwd'],
    networkEtc: ['/etc/resolv.conf'],
  },
  tmpfsSize: false,
};

const spec: SandboxSpec = {
  command: ['/usr/bin/git', 'status'],
  cwd: '/tmp/project/src',
  env: { HOME: '/tmp/project' },
  workspace: '/tmp/project',
  network: false,
};

const mounts: readonly Pick<Mount, 'target' | 'access'>[] = [{ target: '/tmp/project', access: 'write' }];

describe('the bubblewrap command line', () => {
  it('isolates everything, shows an allow-list and opens the workspace after its own /tmp', () => {
    expect(bubblewrapArguments(spec, mounts, tools)).toEqual({
      argv: [
        ...['--unshare-all', '--die-with-parent', '--new-session', '--clearenv', '--cap-drop', 'ALL'],
        ...[
          '--ro-bind',
          '/usr',
          '/usr',
          '--symlink',
          'usr/bin',
          '/bin',
          '--ro-bind',
          '/etc/passwd',
          '/etc/passwd',
        ],
        ...['--proc', '/proc'],
        ...['sys', 'sysrq-trigger', 'fs', 'mtrr', 'pressure', 'acpi', 'scsi', 'driver'].flatMap((name) => [
          ...['--ro-bind-try', `/proc/${name}`, `/proc/${name}`],
        ]),
        ...['--dev', '/dev', '--tmpfs', '/dev/shm', '--tmpfs', '/tmp'],
        ...['--dir', '/run', '--dir', '/var/tmp', '--bind-fd', '6', '/tmp/project'],
        ...[
          '--remount-ro',
          '/dev',
          '--remount-ro',
          '/',
          '--chdir',
          '/tmp/project/src',
          '--json-status-fd',
          '3',
          '--args',
          '4',
        ],
        ...['--seccomp', '5', '--', '/usr/bin/git', 'status'],
      ],
      environment: ['--setenv', 'HOME', '/tmp/project'],
    });
  });

  it('shares the network, and how to reach it, only when told to', () => {
    const { argv } = bubblewrapArguments({ ...spec, network: true }, mounts, tools);
    expect(argv).toContain('--share-net');
    expect(argv).toContain('/etc/resolv.conf');
  });

  it('keeps the environment off the command line, which every user of the machine can read', () => {
    const { argv } = bubblewrapArguments({ ...spec, env: { TOKEN: 'secret' } }, mounts, tools);
    expect(argv.join(' ')).not.toContain('secret');
  });

  it('mounts what the caller opens by descriptors, in its order', () => {
    const more: typeof mounts = [...mounts, { target: '/tmp/project/vendor', access: 'read' }];
    expect(bubblewrapArguments(spec, more, tools).argv.join(' ')).toContain(
      '--bind-fd 6 /tmp/project --ro-bind-fd 7 /tmp/project/vendor --remount-ro',
    );
  });

  it.each(['/usr', '/proc/1', '/tmp', '/', 'project', '/tmp/project/..'])(
    'mounts nothing at %s',
    (target) => {
      expect(() => bubblewrapArguments(spec, [{ target, access: 'read' }], tools)).toThrow(
        expect.objectContaining({ code: 'invalid-spawn' }) as Error,
      );
    },
  );

  it('lets the private folders, which are memory, be no larger than the limit of it', () => {
    const limits = { maxMemoryBytes: 1e9 };
    const { argv } = bubblewrapArguments({ ...spec, limits }, mounts, { ...tools, tmpfsSize: true });
    expect(argv.filter((_, index) => argv[index - 1] === '--size')).toEqual(['1000000000', '1000000000']);
  });

  it.each<[string, Partial<SandboxSpec>]>([
    ['a relative program', { command: ['git'] }],
    ['a NUL in an argument', { command: ['/usr/bin/git', 'a\0b'] }],
    ['a NUL in a variable', { env: { A: 'a\0--bind' } }],
    ['a variable without a name', { env: { '': 'x' } }],
    ['an equals sign in a name', { env: { 'A=B': 'x' } }],
    ['a relative workspace', { workspace: 'project' }],
    ['a path with ..', { cwd: '/tmp/project/../..' }],
    ['the root as workspace', { workspace: '/' }],
    ['a folder over the system', { writable: ['/usr'] }],
    ['a folder over /etc', { readOnly: ['/etc'] }],
    ['the host /tmp', { writable: ['/tmp'] }],
    ['the host /proc', { readOnly: ['/proc/1'] }],
    ['an injection into /dev', { injections: [{ source: '/tmp/a', target: '/dev/a' }] }],
    ['a limit of zero', { limits: { maxPids: 0 } }],
    ['a limit with a fraction', { limits: { maxCpuSecs: 1.5 } }],
  ])('refuses %s', (_what, part) => {
    expect(() => bubblewrapArguments({ ...spec, ...part }, mounts, tools)).toThrow(
      expect.objectContaining({ code: 'invalid-spawn' }) as Error,
    );
  });
});

describe('the limits of the kernel', () => {
  it('lie a little beyond those of the tree', () => {
    const limits = { maxMemoryBytes: 1e9, maxCpuSecs: 5, maxPids: 20, maxOpenFiles: 64 };
    expect(kernelLimits(limits)).toEqual([
      '--core=1',
      '--data=2000000000',
      '--cpu=6:7',
      '--nproc=36',
      '--nofile=64',
    ]);
    expect(kernelLimits(undefined)).toEqual(['--core=1']);
  });
});

describe('the probe', () => {
  const folder = makeWorkspace();
  afterAll(folder.remove);

  it('finds a working sandbox here', async () => {
    const sandbox = await probeSandbox();
    expect(sandbox.version).toMatch(/^\d+\.\d+/);
    expect(sandbox.view.etc).toContain('/etc/passwd');
    expect(sandbox.view.etc).not.toContain('/etc/shadow');
  });

  it('says that another system has no sandbox yet', async () => {
    const probe = probeSandbox({ platform: 'win32', searchPath: '/usr/bin' });
    await expect(probe).rejects.toMatchObject({ code: 'sandbox-unsupported' });
  });

  it('says how to install a missing bubblewrap', async () => {
    const probe = probeSandbox({ platform: 'linux', searchPath: folder.path });
    await expect(probe).rejects.toMatchObject({
      code: 'sandbox-missing',
      hint: expect.stringContaining('bubblewrap') as string,
    });
  });

  it('refuses a bubblewrap that mounts by names alone, and says to update it', async () => {
    const fake = join(folder.path, 'bwrap');
    writeFileSync(fake, '#!/bin/sh\n/usr/bin/bwrap "$@" | /usr/bin/grep -v -e "--bind-fd FD"\n', {
      mode: 0o755,
    });
    const probe = probeSandbox({ platform: 'linux', searchPath: folder.path });
    await expect(probe).rejects.toMatchObject({
      code: 'sandbox-missing',
      message: expect.stringContaining('too old') as string,
      hint: expect.stringContaining('Update bubblewrap') as string,
    });
  });

  it('passes on what a blocked bubblewrap says, with the switch to turn', async () => {
    const fake = join(folder.path, 'bwrap');
    const help = '[ "$1" = --help ] && echo "--bind-fd FD --ro-bind-fd FD" && exit';
    writeFileSync(
      fake,
      `#!/bin/sh\n${help}\necho "bwrap: setting up uid map: Permission denied" >&2\nexit 1\n`,
    );
    chmodSync(fake, 0o755);
    const probe = probeSandbox({ platform: 'linux', searchPath: folder.path });
    await expect(probe).rejects.toMatchObject({
      code: 'sandbox-blocked',
      message: expect.stringContaining('setting up uid map: Permission denied') as string,
      hint: expect.stringContaining('user namespaces') as string,
    });
  });
});
