import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readAudit } from '../../testing/read-audit.ts';
import { startProbe, shell } from '../testing.ts';

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: { readonly exitCode: number | null; readonly signal: number | null };
}

let workspace: string;

const { probe, started, dataDir } = await startProbe();
beforeAll(async () => {
  workspace = join(dataDir, 'workspaces', 'default', 'probe');
  await mkdir(workspace, { recursive: true });
});

const run = (text: string, more: object = {}): Promise<Ran> =>
  probe.ok<Ran>('process.spawn', [shell(text, more)]);

describe('spawn', () => {
  it('answers both outputs and the exit code', async () => {
    await expect(run('printf "grün 🌲"; printf oops >&2; exit 7')).resolves.toEqual({
      stdout: 'grün 🌲',
      stderr: 'oops',
      exit: { exitCode: 7, signal: null },
    });
  });

  it('answers the number of the signal that ended the program', async () => {
    await expect(run('kill -KILL $$')).resolves.toMatchObject({ exit: { exitCode: null, signal: 9 } });
  });

  it('gives the program the bytes of stdin and then its end', async () => {
    const ran = await run('wc -c; cat', { stdin: { $repeat: 'x', count: 100_000 } });
    expect(ran.stdout.trim()).toBe('100000');
  });

  it('gives an empty stdin when there is none', async () => {
    await expect(run('cat; echo end')).resolves.toMatchObject({ stdout: 'end\n' });
  });

  it('passes arguments on one by one, without a shell', async () => {
    const request = { cmd: 'printf', args: ['%s|', 'a b', '$HOME', '*', '', 'a\nb'], env: [] };
    await expect(probe.ok('process.spawn', [request])).resolves.toMatchObject({
      stdout: 'a b|$HOME|*||a\nb|',
    });
  });

  it('replaces what is not UTF-8', async () => {
    await expect(run('printf "a\\377b"')).resolves.toMatchObject({ stdout: 'a\ufffdb' });
  });

  it('keeps the end of a long output and says how much is missing', async () => {
    const { stdout } = await run('head -c 9000000 /dev/zero | tr "\\0" x; printf END');
    expect(stdout).toMatch(/^\[611395 earlier bytes dropped\]\nx+END$/);
  });

  it('tells what to do about a program that is not there', async () => {
    const { err } = await probe.ask('process.spawn', [{ cmd: 'no-such-program', args: [], env: [] }]);
    expect(err).toEqual({ tag: 'unknown', val: expect.stringContaining('no-such-program') });
  });

  it('ends the program when its invocation is cancelled', async () => {
    const cancel = new AbortController();
    const unsubscribe = started.kernel.subscribe((event) => {
      if (event.kind === 'process-output') {
        cancel.abort();
      }
    });
    await expect(
      probe.ask('process.spawn', [shell('echo up; sleep 60', { label: 'to be cancelled' })], {
        signal: cancel.signal,
      }),
    ).rejects.toMatchObject({ code: 'invocation-cancelled' });
    unsubscribe();
    const found = started.kernel.processes().find(({ label }) => label === 'to be cancelled');
    await expect
      .poll(() => started.kernel.processes().find(({ key }) => key === found?.key))
      .toMatchObject({
        exit: { reason: 'cancelled' },
      });
    await expect
      .poll(async () => (await readAudit(dataDir)).filter(({ outcome }) => outcome === 'cancelled'))
      .toMatchObject([{ action: 'astrid:process/host@1.0.0#spawn' }]);
  });
});

describe('the environment of a program', () => {
  it('has the guest’s variables, a fixed search path, and nothing else of the host', async () => {
    process.env['HOST_SECRET_FOR_TEST'] = 'secret';
    const { stdout } = await probe.ok<Ran>('process.spawn', [
      {
        cmd: 'env',
        args: [],
        env: [
          { key: 'MINE', value: 'a b=ä' },
          { key: 'EMPTY', value: '' },
        ],
      },
    ]);
    delete process.env['HOST_SECRET_FOR_TEST'];
    const variables = new Map(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => [line.split('=')[0], line] as const),
    );
    expect(variables.get('MINE')).toBe('MINE=a b=ä');
    expect(variables.get('EMPTY')).toBe('EMPTY=');
    expect(variables.get('HOME')).toBe('HOME=/tmp');
    const allowed = ['EMPTY', 'HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'MINE', 'PATH', 'PWD', 'TZ'];
    expect([...variables.keys()].filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
  });

  it.each([
    ['a name that steers the loader', [{ key: 'LD_PRELOAD', value: 'x' }], 'invalid-input'],
    ['the search path', [{ key: 'PATH', value: '/' }], 'invalid-input'],
    ['a reserved name in other letters', [{ key: 'node_options', value: '' }], 'invalid-input'],
    ['a name that is none', [{ key: '1X', value: '' }], 'invalid-input'],
    ['an empty name', [{ key: '', value: '' }], 'invalid-input'],
    [
      'a name twice',
      [
        { key: 'A', value: '1' },
        { key: 'A', value: '2' },
      ],
      'invalid-input',
    ],
    ['NUL in a value', [{ key: 'A', value: 'a\0b' }], 'invalid-input'],
    ['a long value', [{ key: 'A', value: 'x'.repeat(65_537) }], 'invalid-input'],
    ['too many', Array.from({ length: 257 }, (_, n) => ({ key: `A${n}`, value: '' })), 'too-large'],
  ])('refuses %s', async (_name, env, tag) => {
    await expect(probe.errOf('process.spawn', [{ cmd: 'true', args: [], env }])).resolves.toBe(tag);
  });

  it('takes the most that is allowed', async () => {
    const env = Array.from({ length: 256 }, (_, n) => ({
      key: `A${n}`,
      value: n === 0 ? 'x'.repeat(65_536) : 'y',
    }));
    await expect(run('printf "${#A0} $A255"', { env })).resolves.toMatchObject({ stdout: '65536 y' });
  });
});

describe('the folder of a program', () => {
  it('is the workspace, or one inside it, however it is written', async () => {
    await mkdir(join(workspace, 'sub', 'deep'), { recursive: true });
    const top = (await run('pwd')).stdout.trim();
    for (const cwd of ['', 'cwd://']) {
      await expect(run('pwd', { cwd })).resolves.toMatchObject({ stdout: `${top}\n` });
    }
    for (const cwd of ['sub/deep', 'cwd://sub/deep', './sub/./deep']) {
      await expect(run('pwd', { cwd })).resolves.toMatchObject({ stdout: `${top}/sub/deep\n` });
    }
  });

  it('keeps what programs write there for the next one', async () => {
    await run('echo kept > note.txt');
    await expect(run('cat note.txt')).resolves.toMatchObject({ stdout: 'kept\n' });
  });

  it('is another one for each principal', async () => {
    await run('echo mine > mine.txt');
    const other = await probe.ok<Ran>('process.spawn', [shell('ls')], { principal: 'somebody' });
    expect(other.stdout).toBe('');
  });

  it('follows a link inside, and refuses one that leads out', async () => {
    await mkdir(join(workspace, 'target'), { recursive: true });
    await symlink('target', join(workspace, 'inside'));
    await symlink('/etc', join(workspace, 'outside'));
    await expect(run('pwd -P', { cwd: 'inside' })).resolves.toMatchObject({
      stdout: expect.stringMatching(/\/target\n$/),
    });
    await expect(probe.errOf('process.spawn', [shell('pwd', { cwd: 'outside' })])).resolves.toBe(
      'boundary-escape',
    );
  });

  it.each([
    ['/etc', 'boundary-escape'],
    ['..', 'boundary-escape'],
    ['sub/../..', 'boundary-escape'],
    ['cwd:///etc', 'boundary-escape'],
    ['not-there', 'invalid-input'],
    ['a-file', 'invalid-input'],
    ['a\0b', 'invalid-input'],
    ['home://x', 'capability-denied'],
    ['shared://x', 'capability-denied'],
  ])('cannot be %j: %s', async (cwd, tag) => {
    await writeFile(join(workspace, 'a-file'), '');
    await expect(probe.errOf('process.spawn', [shell('pwd', { cwd })])).resolves.toBe(tag);
  });
});

describe('a command', () => {
  it.each([
    ['that is not in the manifest', { cmd: 'touch', args: [] }, 'capability-denied'],
    ['by its path instead of its name', { cmd: '/bin/sh', args: [] }, 'capability-denied'],
    ['that is empty', { cmd: '', args: [] }, 'capability-denied'],
    ['with an option for the sandbox', { cmd: '--version', args: [] }, 'capability-denied'],
    ['with a name that only begins as an allowed one', { cmd: 'sh\t', args: [] }, 'capability-denied'],
    ['with a shell line', { cmd: 'sh -c', args: [] }, 'capability-denied'],
    ['with NUL in an argument', { cmd: 'echo', args: ['a\0b'] }, 'invalid-input'],
    ['with too many arguments', { cmd: 'echo', args: Array.from({ length: 4_097 }, () => 'a') }, 'too-large'],
    ['that is too long', { cmd: 'echo', args: ['x'.repeat(600_000)] }, 'too-large'],
  ])('%s is refused', async (_name, request, tag) => {
    await expect(probe.errOf('process.spawn', [{ ...request, env: [] }])).resolves.toBe(tag);
  });
});

describe('limits of a program', () => {
  it.each([
    ['open files', { maxOpenFiles: 64 }, 'ulimit -n', '64'],
    ['processor time', { maxCpuSecs: 3 }, 'ulimit -t', '4'],
    ['memory', { maxMemoryBytes: 268_435_456 }, 'ulimit -d', '524288'],
  ])('cap its %s', async (_name, limits, command, shown) => {
    const ran = await run(command, { limits });
    expect(ran.stdout.trim()).toBe(shown);
  });

  it('end a program that uses more processor time', async () => {
    const ran = await run('while :; do :; done', { limits: { maxCpuSecs: 1 } });
    expect(ran.exit.exitCode === 0).toBe(false);
  });
});

describe('the audit of spawns', () => {
  it('has the command line, no environment and no input', async () => {
    const ofMine = async () =>
      (await readAudit(dataDir)).filter(({ target }) => target.includes('cat #mine'));
    await run('cat #mine', {
      env: [{ key: 'TOKEN', value: 'env-secret' }],
      stdin: { $text: 'stdin-secret' },
    });
    await expect.poll(ofMine).toMatchObject([
      {
        capsule: 'probe',
        principal: 'default',
        action: 'astrid:process/host@1.0.0#spawn',
        target: expect.stringMatching(/^\["sh","-c","cat #mine"\] in \. as [0-9a-f]{16}$/),
        outcome: 'allowed',
      },
    ]);
    expect(JSON.stringify(await ofMine())).not.toMatch(/env-secret|stdin-secret|TOKEN/);
  });
});
