import { describe, expect, it } from 'vitest';
import {
  MAX_ARGUMENT_BYTES,
  MAX_ARGUMENTS,
  MAX_COMMAND_BYTES,
  readSpawnRequest,
  type SpawnRequest,
} from './request.ts';
import { hashInSlices } from '../../os/files/injected-files.ts';
import { Spawn } from './spawn.ts';
import { WitError } from '../pipeline/wit-error.ts';

const MACHINE = { environment: { LANG: 'C.UTF-8', TZ: 'UTC', SECRET: 'x' }, fixedPaths: true };
const plain: SpawnRequest = { cmd: 'git', args: [], env: [] };

const read = (more: Partial<SpawnRequest>) => readSpawnRequest({ ...plain, ...more }, MACHINE);

function errorOf(more: Partial<SpawnRequest>): unknown {
  try {
    read(more);
    return 'fine';
  } catch (error) {
    return error instanceof WitError ? error.payload : error;
  }
}

/** Arguments that take `bytes` together, each with its NUL. */
function pieces(bytes: number): readonly string[] {
  const part = Math.floor(bytes / 8);
  return Array.from({ length: 8 }, (_, at) => 'x'.repeat((at < 7 ? part : bytes - 7 * part) - 1));
}

describe('a command', () => {
  it.each<[string, Partial<SpawnRequest>, string | null]>([
    ['by name', {}, null],
    ['that is empty', { cmd: '' }, 'invalid-input'],
    ['that begins with a dash', { cmd: '-x' }, 'invalid-input'],
    ['with NUL', { cmd: 'a\0b' }, 'invalid-input'],
    ['with a line end', { cmd: 'a\nb' }, 'invalid-input'],
    ['with a C1 control character', { cmd: 'a\u0085b' }, 'invalid-input'],
    ['with the arguments of a script', { args: ['-c', 'a\tb\r\nc 🌲', ''] }, null],
    ['with NUL in an argument', { args: ['a\0b'] }, 'invalid-input'],
    ['with an escape in an argument', { args: ['a\u001b[2Jb'] }, 'invalid-input'],
    ['with DEL in an argument', { args: ['\u007f'] }, 'invalid-input'],
    ['with a C1 control character in an argument', { args: ['\u009b'] }, 'invalid-input'],
    ['with the most arguments', { args: Array.from({ length: MAX_ARGUMENTS }, () => '') }, null],
    ['with one more', { args: Array.from({ length: MAX_ARGUMENTS + 1 }, () => '') }, 'too-large'],
    ['with the longest argument', { args: ['x'.repeat(MAX_ARGUMENT_BYTES)] }, null],
    ['with one a byte longer', { args: ['', 'x'.repeat(MAX_ARGUMENT_BYTES + 1)] }, 'too-large'],
    ['with one longer in bytes', { args: ['ä'.repeat(MAX_ARGUMENT_BYTES / 2 + 1)] }, 'too-large'],
    ['of the largest size', { args: pieces(MAX_COMMAND_BYTES - 4) }, null],
    ['one byte larger', { args: pieces(MAX_COMMAND_BYTES - 3) }, 'too-large'],
  ])('%s', (_name, more, tag) => {
    expect(errorOf(more)).toEqual(tag === null ? 'fine' : { tag });
  });
});

describe('a folder', () => {
  it.each<[string | undefined, object | string]>([
    [undefined, { root: 'workspace', path: '' }],
    ['', { root: 'workspace', path: '' }],
    ['cwd://', { root: 'workspace', path: '' }],
    ['a/b', { root: 'workspace', path: 'a/b' }],
    ['cwd://a/b', { root: 'workspace', path: 'a/b' }],
    ['odd://a', { root: 'workspace', path: 'odd://a' }],
    ['home://', { root: 'home', path: '' }],
    ['home://a', { root: 'home', path: 'a' }],
    ['/etc', 'boundary-escape'],
    ['cwd:///etc', 'boundary-escape'],
    ['home:///etc', 'boundary-escape'],
    ['..', 'boundary-escape'],
    ['a/../..', 'boundary-escape'],
    ['home://a/..', 'boundary-escape'],
    ['shared://a', { root: 'shared', path: 'a' }],
    ['a\0b', 'invalid-input'],
  ])('%j', (cwd, expected) => {
    const outcome = typeof expected === 'string' ? errorOf({ cwd }) : read({ cwd }).cwd;
    expect(outcome).toEqual(typeof expected === 'string' ? { tag: expected } : expected);
  });
});

describe('the environment', () => {
  it('has the guest’s on top of the host’s, and nothing else of the host', () => {
    expect(read({ env: [{ key: 'LANG', value: 'de' }] }).env).toEqual({
      HOME: '/tmp',
      LANG: 'de',
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
      TZ: 'UTC',
    });
  });

  it.each([
    ['home://', { root: 'home', path: '' }],
    ['home://a', { root: 'home', path: 'a' }],
    ['/tmp/x', null],
    ['home:/x', null],
  ])('takes HOME=%s', (value, home) => {
    expect(read({ env: [{ key: 'HOME', value }] }).home).toEqual(home);
  });

  it('refuses a HOME that leads out of the home', () => {
    expect(errorOf({ env: [{ key: 'HOME', value: 'home://../x' }] })).toEqual({ tag: 'boundary-escape' });
  });

  it.each([
    'HTTP_PROXY',
    'https_proxy',
    'npm_config_x',
    'GIT_SSH_COMMAND',
    'PYTHONSTARTUP',
    'ASTRID_SOCKET_PATH',
  ])('refuses %s', (key) => {
    expect(errorOf({ env: [{ key, value: '' }] })).toEqual({ tag: 'invalid-input' });
  });
});

describe('the text of a spawn in the audit', () => {
  const file = (val: string, text = 'secret') => ({
    content: Buffer.from(text),
    placement: { tag: 'env-pointer', val } as const,
  });

  /** The text of a start whose files have been hashed. */
  async function textOf(request: Partial<SpawnRequest>): Promise<string> {
    const spawn = new Spawn({ ...plain, ...request }, 'anna', {});
    const files = 'fileInjections' in request ? (request.fileInjections ?? []) : [];
    spawn.hashed(await Promise.all(files.map(({ content }) => hashInSlices(content))));
    return spawn.target;
  }

  it('has the command, the folder and what is injected by its hash, and which process it became', async () => {
    const path = { content: Buffer.from('secret'), placement: { tag: 'fixed-path', val: '/opt/a' } as const };
    const text = await textOf({ args: ['a b'], cwd: 'x', fileInjections: [file('A'), path] });
    expect(text).toMatch(/^\["git","a b"\] in x with env:A=([0-9a-f]{64}) path:\/opt\/a=\1$/);
    expect(text).not.toContain('secret');
    const started = new Spawn(plain, 'anna', {});
    started.key = 'k1';
    expect(started.target).toBe('["git"] in . as k1');
  });

  it('keeps every part within the bound of a record, whatever is long', async () => {
    const fileInjections = Array.from({ length: 128 }, (_, n) => file(`NAME_${'x'.repeat(200)}${n}`));
    const text = await textOf({ args: ['ä'.repeat(5_000)], cwd: 'c'.repeat(5_000), fileInjections });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_024);
    expect(text).toMatch(/… in c+… with env:NAME_x+…=[0-9a-f]{64} and 127 more, all=[0-9a-f]{64}$/);
  });

  it('tells another list of files from this one', async () => {
    const many = (last: string) =>
      Array.from({ length: 128 }, (_, n) => file(`V${n}`, n === 127 ? last : 'x'));
    expect(await textOf({ fileInjections: many('a') })).not.toBe(await textOf({ fileInjections: many('b') }));
  });

  it('tells number and size of files that were refused before they were read', () => {
    const fileInjections = Array.from({ length: 129 }, (_, n) => file(`V${n}`));
    expect(new Spawn({ ...plain, fileInjections }, 'anna', {}).target).toBe(
      '["git"] in . with 129 files of 774 bytes',
    );
  });
});
