import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openKernel } from '../../testing/kernel.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { shell, startProbe } from '../testing.ts';

const { probe, started, dataDir } = await startProbe('probe-1-1');
const store = join(dataDir, 'injections');

const FILE = 'FILE';
const pointer = (text: string, val = FILE): object => ({
  content: { $text: text },
  placement: { tag: 'env-pointer', val },
});
const fixed = (text: string, val: string): object => ({
  content: { $text: text },
  placement: { tag: 'fixed-path', val },
});
const script = (text: string, fileInjections: readonly object[], more: object = {}): object =>
  shell(text, { fileInjections, ...more });
const run = async (text: string, injections: readonly object[], more: object = {}): Promise<string> => {
  const { stdout, stderr } = await probe.ok<{ stdout: string; stderr: string }>('process.spawn', [
    script(text, injections, more),
  ]);
  return stdout + stderr;
};
const kept = (): Promise<readonly string[]> => readdir(store).catch(() => []);

describe('a file for a variable', () => {
  it('is read where the variable says', async () => {
    await expect(run('cat "$FILE"', [pointer('grün 🌲')])).resolves.toBe('grün 🌲');
  });

  it('has every byte, and may be empty', async () => {
    const large = {
      content: { $repeat: 'x', count: 8 * 1_024 * 1_024 },
      placement: { tag: 'env-pointer', val: 'A' },
    };
    await expect(run('wc -c < "$A"; wc -c < "$B"', [large, pointer('', 'B')])).resolves.toBe('8388608\n0\n');
  });

  it('takes precedence over a variable of the same name', async () => {
    const env = [{ key: FILE, value: 'the guest’s' }];
    await expect(run('cat "$FILE"', [pointer('the file')], { env })).resolves.toBe('the file');
  });

  it('comes together with as many others as may be', async () => {
    const all = Array.from({ length: 128 }, (_, n) => pointer(String(n), `V${n}`));
    await expect(run('cat "$V0" "$V64" "$V127"', all)).resolves.toBe('064127');
  });
});

describe('a file at a path', () => {
  it.each([
    '/etc/tool/managed.json',
    '/opt/a/b/c',
    '/tmp/.config/tool',
    '/a-file-in-the-root',
    '/home/x',
    '/run/x',
  ])('appears at %s, which does not exist on the host', async (path) => {
    await expect(run(`cat ${path}`, [fixed('content', path)])).resolves.toBe('content');
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is where its path leads, however that is written', async () => {
    await expect(run('cat /opt/x/y', [fixed('content', '//opt/./x//y')])).resolves.toBe('content');
  });

  it.each([
    ['/proc/version', 'the sandbox’s own'],
    ['/dev/null', 'the sandbox’s own'],
    ['/sys/x', 'the sandbox’s own'],
    ['/usr/bin/git', 'a program'],
    ['/bin/sh', 'a program by another name'],
    ['/lib/x86_64-linux-gnu/libc.so.6', 'a library'],
    ['/etc/ld.so.preload', 'the loader’s'],
    ['/etc/passwd', 'system folder of the sandbox'],
    ['/etc', 'a system folder'],
    ['/tmp', 'the sandbox’s own'],
    ['/var', 'above what the sandbox makes'],
    ['/run/capsule-files/0', 'where other files are shown'],
  ])('cannot cover %s: %s', async (path) => {
    const principal = path.replaceAll(/\W/g, '-');
    await expect(
      probe.errOf('process.spawn', [script('true', [fixed('x', path)])], { principal }),
    ).resolves.toBe('invalid-input');
  });

  it('cannot lie in the workspace or above it, nor in another file', async () => {
    const workspace = (await run('pwd', [])).trim();
    for (const path of [`${workspace}/a`, workspace, join(workspace, '..')]) {
      await expect(probe.errOf('process.spawn', [script('true', [fixed('x', path)])])).resolves.toBe(
        'invalid-input',
      );
    }
    const nested = script('true', [fixed('x', '/opt/a'), fixed('y', '/opt/a/b')]);
    await expect(probe.errOf('process.spawn', [nested])).resolves.toBe('invalid-input');
    await expect(readdir(workspace)).resolves.toEqual([]);
  });
});

describe('an injected file', () => {
  const both = [pointer('original'), fixed('original', '/opt/fixed')];

  it.each([
    ['written', 'echo x > "$f"'],
    ['appended to', 'echo x >> "$f"'],
    ['made writable', 'chmod 666 "$f" && echo x > "$f"'],
    ['removed', 'rm -f "$f"'],
    ['replaced', 'echo x > /tmp/x && mv -f /tmp/x "$f"'],
    ['moved away', 'mv "$f" /tmp/y'],
    ['moved away with its folder', 'mv "$(dirname "$f")" /tmp/y'],
    ['truncated by a program', 'python3 -c \'import os,sys; os.truncate(sys.argv[1], 0)\' "$f"'],
    ['unmounted', 'umount "$f"'],
  ])('cannot be %s by the program', async (_how, attempt) => {
    const text = `for f in "$FILE" /opt/fixed; do (${attempt}) 2>/dev/null && echo DONE; cat "$f"; done`;
    await expect(run(text, both)).resolves.toBe('originaloriginal');
  });

  it('cannot be reached by the program in the host’s own folder', async () => {
    const text = `ls ${dataDir} ${store}; cat ${store}/*/0`;
    await expect(run(text, both)).resolves.not.toContain('original');
  });

  it('is readable by nobody else on the host while the program runs, and gone when it has ended', async () => {
    const id = await probe.ok<string>('process.spawnPersistent', [
      script('cat "$FILE"; read line', both, { keepStdinOpen: true }),
    ]);
    const [folder = ''] = await kept();
    const modes = [store, join(store, folder), join(store, folder, '0')].map(
      async (path) => (await stat(path)).mode,
    );
    expect((await Promise.all(modes)).map((mode) => mode & 0o777)).toEqual([0o700, 0o700, 0o400]);
    await probe.ok('process.stop', [id, 1_000]);
    await expect.poll(kept).toEqual([]);
  });

  it('is gone after every end, of every tier, and after every refusal', async () => {
    await run('true', both);
    await probe.ok('process.spawnBackground', [script('exit 3', both)]);
    await probe.ok('process.spawnPersistent', [script('kill -KILL $$', both)]);
    await probe.errOf('process.spawn', [{ cmd: 'no-such-program', args: [], env: [], fileInjections: both }]);
    await probe.errOf('process.spawnPersistent', [script('true', both, { idleTimeoutMs: 0 })]);
    await expect.poll(kept).toEqual([]);
  });

  it('that a crash left behind is gone at the next start', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'injections', 'left'), { recursive: true });
    await writeFile(join(folder, 'injections', 'left', '0'), 'secret');
    const { kernel } = await openKernel(folder);
    await expect.poll(() => readdir(join(folder, 'injections')).catch(() => 'gone')).toBe('gone');
    await kernel.dispose();
  });
});

describe('files that break a rule', () => {
  const big = (count: number, val: string): object => ({
    content: { $repeat: 'x', count },
    placement: { tag: 'env-pointer', val },
  });
  const MIB = 1_024 * 1_024;

  it.each<[string, readonly object[], string]>([
    ['one too many', Array.from({ length: 129 }, (_, n) => pointer('', `V${n}`)), 'too-large'],
    ['one too large', [big(8 * MIB + 1, 'A')], 'too-large'],
    ['too large together', [big(8 * MIB, 'A'), big(8 * MIB, 'B'), big(1, 'C')], 'too-large'],
    ['a name that is none', [pointer('', '1A')], 'invalid-input'],
    ['a reserved name', [pointer('', 'LD_PRELOAD')], 'invalid-input'],
    ['a name twice', [pointer(''), pointer('')], 'invalid-input'],
    ['a relative path', [fixed('', 'opt/a')], 'invalid-input'],
    ['a path with ..', [fixed('', '/opt/../etc/x')], 'invalid-input'],
    ['a path with a quote', [fixed('', '/opt/"a')], 'invalid-input'],
    ['a path with a backslash', [fixed('', '/opt/\\a')], 'invalid-input'],
    ['a path with NUL', [fixed('', '/opt/a\0')], 'invalid-input'],
    ['a path twice', [fixed('', '/opt/a'), fixed('', '/opt/./a')], 'invalid-input'],
  ])('%s start nothing, in no tier', async (name, injections, tag) => {
    // One of their own each, or there are more spawns in a second than one may ask for.
    const principal = name.replaceAll(/\W/g, '-');
    const before = started.kernel.processes().length;
    for (const fn of ['spawn', 'spawnBackground', 'spawnPersistent']) {
      await expect(probe.errOf(`process.${fn}`, [script('true', injections)], { principal })).resolves.toBe(
        tag,
      );
    }
    expect(started.kernel.processes()).toHaveLength(before);
    await expect(kept()).resolves.toEqual([]);
  });
});

it('is recorded with its place and the hash of its content, refused by number and size, never with the content', async () => {
  const injections = [pointer('the content', 'TOKEN_FILE'), fixed('the content', '/opt/b')];
  await run('true #recorded', injections);
  await probe.errOf('process.spawn', [
    { cmd: 'touch', args: ['recorded'], env: [], fileInjections: injections },
  ]);
  const mine = async () => (await started.audit()).filter(({ target }) => target.includes('recorded'));
  await expect.poll(mine).toHaveLength(2);
  const [allowed, denied] = await mine();
  expect(allowed?.target).toMatch(
    /^\["sh","-c","true #recorded"\] in \. with env:TOKEN_FILE=([0-9a-f]{64}) path:\/opt\/b=\1 as [0-9a-f]{16}$/,
  );
  expect(denied).toMatchObject({
    outcome: 'denied',
    target: expect.stringMatching(/ with 2 files of 22 bytes$/),
  });
  expect(JSON.stringify(await started.audit())).not.toContain('the content');
});
