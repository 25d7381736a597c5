import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack as createPack, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TypedError } from '../../base/typed-error.ts';
import { readArchive } from './archive.ts';
import { readFolder } from './folder.ts';
import { readSource } from './source.ts';

const MANIFEST = '[package]\nname = "demo"\nversion = "1.0.0"\n[[component]]\nfile = "build/demo.wasm"\n';
/** The smallest component: a preamble and nothing else. It reads, though it could not run. */
const COMPONENT = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);

type Item = readonly [header: Partial<Header> & { readonly name: string }, content?: string | Uint8Array];
const GOOD: readonly Item[] = [
  [{ name: 'Capsule.toml' }, MANIFEST],
  [{ name: 'build/demo.wasm' }, COMPONENT],
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsule-source-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function tarOf(items: readonly Item[]): Promise<Buffer> {
  const tar = createPack();
  const whole = buffer(tar);
  for (const [header, content] of items) {
    tar.entry(header, Buffer.from(content ?? ''));
  }
  tar.finalize();
  return whole;
}

async function place(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'x.capsule');
  await writeFile(path, bytes);
  return path;
}

/** Reads into memory and into a folder: both must refuse alike, and leave nothing. */
async function refusal(path: string): Promise<string> {
  const [inMemory = '', inFolder] = await refusals(path);
  expect(inMemory).toBe(inFolder);
  return inMemory;
}

/** The codes of both; where two things are wrong, either may find the other one first. */
async function refusals(path: string): Promise<readonly string[]> {
  const codes: string[] = [];
  for (const staging of [null, join(folder, 'staging')]) {
    const error: unknown = await readSource(path, staging).then(
      () => new Error('it was accepted'),
      (failure: unknown) => failure,
    );
    if (!(error instanceof TypedError)) {
      throw error;
    }
    expect(error.hint).not.toBe('');
    codes.push(error.code);
  }
  expect(existsSync(join(folder, 'staging'))).toBe(false);
  return codes;
}

function unpacksTo(bytes: Buffer, content: Buffer): boolean {
  try {
    return gunzipSync(bytes).equals(content);
  } catch {
    return false;
  }
}

describe('an archive', () => {
  it('is read into memory or into a staging folder, with the same result', async () => {
    const path = await place(
      gzipSync(await tarOf([...GOOD, [{ name: 'assets/é.txt' }, 'é'], [{ name: 'empty' }, '']])),
    );
    const staging = join(folder, 'staging');
    for (const content of [await readArchive(path), await readArchive(path, staging)]) {
      expect([...content.files.keys()]).toEqual(['Capsule.toml', 'build/demo.wasm', 'assets/é.txt', 'empty']);
      expect(content).toMatchObject({ kind: 'archive', manifestText: MANIFEST, component: COMPONENT });
      expect(content.manifest.id).toBe('demo');
      expect(await content.files.get('assets/é.txt')?.read()).toEqual(new TextEncoder().encode('é'));
      expect(content.files.get('assets/é.txt')).toMatchObject({ path: 'assets/é.txt', size: 2 });
      expect(content.files.get('empty')).toMatchObject({ path: 'empty', size: 0 });
    }
    expect(readFileSync(join(staging, 'assets', 'é.txt'), 'utf8')).toBe('é');
  });

  it('made by the tar of the system is read, folders and long names included', async () => {
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(120)}`;
    await mkdir(join(folder, 'in', 'build'), { recursive: true });
    await mkdir(join(folder, 'in', long, '..'), { recursive: true });
    await writeFile(join(folder, 'in', 'Capsule.toml'), MANIFEST);
    await writeFile(join(folder, 'in', 'build', 'demo.wasm'), COMPONENT);
    await writeFile(join(folder, 'in', long), 'x');
    for (const format of ['gnu', 'pax'] as const) {
      execFileSync('tar', [
        `--format=${format}`,
        '-czf',
        join(folder, 'x.capsule'),
        '-C',
        join(folder, 'in'),
        '.',
      ]);
      const { files } = await readArchive(join(folder, 'x.capsule'));
      expect([...files.keys()].sort()).toEqual(['Capsule.toml', 'build/demo.wasm', long].sort());
    }
  });
});

describe('an archive that is refused, with nothing left behind', () => {
  it.each<[string, string, readonly Item[]]>([
    ['a symbolic link', 'source-link', [...GOOD, [{ name: 'x', type: 'symlink', linkname: '/etc/passwd' }]]],
    ['a hard link', 'source-link', [...GOOD, [{ name: 'x', type: 'link', linkname: 'Capsule.toml' }]]],
    ['a character device', 'source-special-file', [...GOOD, [{ name: 'x', type: 'character-device' }]]],
    ['a block device', 'source-special-file', [...GOOD, [{ name: 'x', type: 'block-device' }]]],
    ['a FIFO', 'source-special-file', [...GOOD, [{ name: 'x', type: 'fifo' }]]],
    ['a contiguous file', 'source-special-file', [...GOOD, [{ name: 'x', type: 'contiguous-file' }, '']]],
    ['an absolute path', 'source-bad-path', [...GOOD, [{ name: '/etc/x' }, '']]],
    ['a path that climbs', 'source-bad-path', [...GOOD, [{ name: 'a/../../x' }, '']]],
    ['a path that only climbs', 'source-bad-path', [...GOOD, [{ name: '..' }, '']]],
    ['a folder that climbs', 'source-bad-path', [...GOOD, [{ name: '../x', type: 'directory' }]]],
    ['a backslash', 'source-bad-path', [...GOOD, [{ name: 'a\\..\\x' }, '']]],
    ['a control character', 'source-bad-path', [...GOOD, [{ name: 'a\x1b[2J' }, '']]],
    ['NUL in a name', 'source-bad-path', [...GOOD, [{ name: 'é\0b' }, '']]],
    ['an empty part', 'source-bad-path', [...GOOD, [{ name: 'a//b' }, '']]],
    ['a name over 255 bytes', 'source-bad-path', [...GOOD, [{ name: 'x'.repeat(256) }, '']]],
    ['a path over 1,024 bytes', 'source-bad-path', [...GOOD, [{ name: 'a/'.repeat(600) + 'x' }, '']]],
    ['a name twice', 'source-duplicate', [...GOOD, [{ name: 'Capsule.toml' }, MANIFEST]]],
    ['a name twice, once with ./', 'source-duplicate', [...GOOD, [{ name: './Capsule.toml' }, MANIFEST]]],
    [
      'a name twice but for case',
      'source-duplicate',
      [...GOOD, [{ name: 'a/X' }, ''], [{ name: 'a/x' }, '']],
    ],
    [
      'a name twice but for composition',
      'source-duplicate',
      [...GOOD, [{ name: 'e\u0301' }, ''], [{ name: '\u00e9' }, '']],
    ],
    [
      'a file that is also a folder',
      'source-duplicate',
      [...GOOD, [{ name: 'a' }, ''], [{ name: 'a/b' }, '']],
    ],
    [
      'a folder that is also a file',
      'source-duplicate',
      [...GOOD, [{ name: 'a/b' }, ''], [{ name: 'A' }, '']],
    ],
    ['no manifest', 'source-manifest-missing', GOOD.slice(1)],
    ['the manifest in a folder', 'source-manifest-missing', [[{ name: 'demo/Capsule.toml' }, MANIFEST]]],
    ['no component', 'source-component-missing', GOOD.slice(0, 1)],
    [
      'a component not named',
      'source-component-undeclared',
      [[{ name: 'Capsule.toml' }, MANIFEST.split('[[')[0] ?? '']],
    ],
    ['a broken manifest', 'manifest-syntax', [[{ name: 'Capsule.toml' }, '[package'], ...GOOD.slice(1)]],
    [
      'a core module',
      'component-core-module',
      [...GOOD.slice(0, 1), [{ name: 'build/demo.wasm' }, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)]],
    ],
    [
      'too many entries',
      'source-too-many-entries',
      [...GOOD, ...Array.from({ length: 4_095 }, (_, index): Item => [{ name: `f${index}` }, ''])],
    ],
    [
      'too many folders implied',
      'source-too-many-entries',
      [
        ...GOOD,
        ...Array.from({ length: 20 }, (_, index): Item => [{ name: `${index}/${'d/'.repeat(400)}x` }, '']),
      ],
    ],
  ])('for %s: %s', async (_, code, items) => {
    expect(await refusal(await place(gzipSync(await tarOf(items))))).toBe(code);
  });

  it('for being no gzip, empty, or nothing at all', async () => {
    expect(await refusal(await place(await tarOf(GOOD)))).toBe('archive-not-gzip');
    expect(await refusal(await place(Buffer.alloc(0)))).toBe('archive-not-gzip');
    expect(await refusal(join(folder, 'absent'))).toBe('source-missing');
    expect(await refusal('/dev/null')).toBe('source-not-a-file');
  });

  it('for being too large, before a byte of it is read', async () => {
    const path = await place(gzipSync(''));
    await truncate(path, 64 * 1024 * 1024 + 1);
    expect(await refusal(path)).toBe('archive-too-large');
  });

  it('for being a bomb, at the ratio', async () => {
    const zeros = Buffer.alloc(64 * 1024 * 1024);
    expect(await refusal(await place(gzipSync(await tarOf([...GOOD, [{ name: 'zeros' }, zeros]]))))).toBe(
      'archive-bomb',
    );
  });

  it('for a file whose header says more than a file may have, before it comes', async () => {
    const tar = await tarOf([...GOOD, [{ name: 'x' }, 'y']]);
    const at = tar.indexOf('x\0\0\0', 1024 + 512);
    expect(await refusal(await place(gzipSync(resized(tar, at, 130 * 1024 * 1024))))).toBe(
      'source-file-too-large',
    );
    expect(await refusal(await place(gzipSync(resized(tar, at, 300 * 1024 * 1024))))).toBe(
      'source-file-too-large',
    );
  });

  it('for what follows its end', async () => {
    const tar = await tarOf(GOOD);
    const whole = gzipSync(tar);
    expect(await refusal(await place(Buffer.concat([whole, Buffer.alloc(64)])))).toBe(
      'archive-trailing-data',
    );
    expect(await refusal(await place(gzipSync(Buffer.concat([tar, Buffer.from('more')]))))).toMatch(
      /^archive-/,
    );
    expect(await refusal(await place(gzipSync(Buffer.concat([tar, tar]))))).toBe('archive-trailing-data');
    expect(await refusal(await place(Buffer.concat([whole, whole])))).toBe('archive-trailing-data');
    expect(await refusal(await place(Buffer.concat([whole, Buffer.from('garbage')])))).toMatch(/^archive-/);
  });

  it('for breaking off between two files, which the tar reader itself would not notice', async () => {
    const tar = await tarOf(GOOD);
    expect(await refusal(await place(gzipSync(tar.subarray(0, tar.length - 1024))))).toBe(
      'archive-truncated',
    );
    expect(await refusal(await place(gzipSync(tar.subarray(0, tar.length - 512))))).toBe('archive-truncated');
    expect(await refusal(await place(gzipSync(tar.subarray(0, 700))))).toBe('archive-truncated');
  });

  it('wherever it breaks off', async () => {
    const whole = gzipSync(await tarOf(GOOD));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: whole.length - 1 }), async (length) => {
        expect(await refusal(await place(whole.subarray(0, length)))).toBe('archive-truncated');
      }),
      { numRuns: 25 },
    );
  });

  it('whatever byte is damaged, unless it unpacks to the same all the same', async () => {
    const tar = await tarOf(GOOD);
    const whole = gzipSync(tar);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const bytes = Buffer.from(whole);
          bytes[at] = (bytes[at] ?? 0) ^ flip;
          // A run of zeros can be copied from nearer or farther: nothing is lost then.
          fc.pre(!unpacksTo(bytes, tar));
          for (const code of await refusals(await place(bytes))) {
            expect(code).toMatch(/^archive-/);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('for a staging folder that is in use, which stays as it is', async () => {
    const path = await place(gzipSync(await tarOf(GOOD)));
    await expect(readArchive(path, folder)).rejects.toMatchObject({ code: 'source-staging' });
    expect(await readdir(folder)).toEqual(['x.capsule']);
  });
});

describe('a folder', () => {
  async function lay(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const root = join(folder, 'capsule');
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(root, path, '..'), { recursive: true });
      await writeFile(join(root, path), content);
    }
    return root;
  }
  const good = { 'Capsule.toml': MANIFEST, 'build/demo.wasm': COMPONENT };

  it('gives what an archive gives, without hidden files, build folders, other WebAssembly and packed capsules', async () => {
    const root = await lay({
      ...good,
      'README.md': '# demo',
      'assets/a.txt': 'a',
      'assets/dist/kept': '',
      'build/other.wasm': COMPONENT,
      'build/demo.capsule': 'packed before',
      '.env': 'SECRET=1',
      '.git/HEAD': '',
      'assets/.env.json': '{}',
      'node_modules/x/index.js': '',
      'src/target/x': '',
      'dist/x': '',
      'wit/a.wit': '',
    });
    await symlink('README.md', join(root, 'LIESMICH.md'));
    const content = await readFolder(root);
    expect([...content.files.keys()]).toEqual([
      'Capsule.toml',
      'build/demo.wasm',
      'LIESMICH.md',
      'README.md',
      'assets/a.txt',
      'assets/dist/kept',
      'wit/a.wit',
    ]);
  });

  it('gives its files in the order of their names, whatever that of the system is', async () => {
    // The last two are the other way round by bytes, as Linux has them.
    const names = ['B', 'a', 'é', '\u{1f600}', '\uff61'];
    const root = await lay({ ...good, ...Object.fromEntries(names.map((name) => [name, name])) });
    expect([...(await readFolder(root)).files.keys()].slice(2)).toEqual(names);
  });

  it('may have its component in a folder that is otherwise left out', async () => {
    const root = await lay({
      'Capsule.toml': MANIFEST.replace('build/', 'target/wasm/'),
      'target/wasm/demo.wasm': COMPONENT,
    });
    expect([...(await readFolder(root)).files.keys()]).toEqual(['Capsule.toml', 'target/wasm/demo.wasm']);
  });

  it('is copied: what changes later does not reach the content', async () => {
    const root = await lay({ ...good, 'a.txt': 'before' });
    for (const staging of [null, join(folder, 'staging')]) {
      await writeFile(join(root, 'a.txt'), 'before');
      const content = await readFolder(root, staging);
      await writeFile(join(root, 'a.txt'), 'after');
      expect(Buffer.from((await content.files.get('a.txt')?.read()) ?? []).toString()).toBe('before');
    }
  });

  it.each<[string, string, (root: string) => Promise<unknown>]>([
    [
      'a folder by the name of our own record',
      'source-bad-path',
      async (root) => {
        await mkdir(join(root, 'install.json'));
        await writeFile(join(root, 'install.json', 'x'), '');
      },
    ],
    ['a link to a file outside', 'source-link', (root) => symlink('/etc/hostname', join(root, 'x'))],
    ['a link that climbs', 'source-link', (root) => symlink('../x', join(root, 'x'))],
    ['a link that leads nowhere', 'source-link', (root) => symlink('nowhere', join(root, 'x'))],
    ['a link to a folder inside', 'source-link', (root) => symlink('build', join(root, 'x'))],
    ['a link to a folder outside', 'source-link', (root) => symlink('/etc', join(root, 'x'))],
    ['a FIFO', 'source-special-file', async (root) => execFileSync('mkfifo', [join(root, 'x')])],
    [
      'a name twice but for case',
      'source-duplicate',
      async (root) => Promise.all([writeFile(join(root, 'X'), ''), writeFile(join(root, 'x'), '')]),
    ],
    ['a backslash in a name', 'source-bad-path', (root) => writeFile(join(root, 'a\\b'), '')],
    [
      'a file that is too large',
      'source-file-too-large',
      async (root) => {
        await writeFile(join(root, 'x'), '');
        await truncate(join(root, 'x'), 128 * 1024 * 1024 + 1);
      },
    ],
    ['no manifest', 'source-manifest-missing', (root) => rm(join(root, 'Capsule.toml'))],
    ['no component', 'source-component-missing', (root) => rm(join(root, 'build/demo.wasm'))],
    [
      'a component through a linked folder',
      'source-link',
      async (root) => {
        await rm(join(root, 'build'), { recursive: true });
        await mkdir(join(root, '.hidden'));
        await writeFile(join(root, '.hidden/demo.wasm'), COMPONENT);
        await symlink('.hidden', join(root, 'build'));
      },
    ],
  ])('is refused for %s: %s', async (_, code, spoil) => {
    const root = await lay(good);
    await spoil(root);
    expect(await refusal(root)).toBe(code);
  });

  it('is refused for a socket', async () => {
    const root = await lay(good);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'x'), resolve));
    try {
      expect(await refusal(root)).toBe('source-special-file');
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

/** The same tar with another size in the header at `at`, its checksum made right. */
function resized(tar: Buffer, at: number, size: number): Buffer {
  const changed = Buffer.from(tar);
  changed.write(`${size.toString(8).padStart(11, '0')} `, at + 124);
  changed.write('        ', at + 148);
  const sum = changed.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
  return changed;
}
