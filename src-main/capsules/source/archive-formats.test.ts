import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isTypedError } from '../../base/typed-error.ts';
import { readArchive } from './archive.ts';
import { readFolder } from './folder.ts';
import { BLOCK, COMPONENT, entry, MANIFEST, pax } from './testing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-formats-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The files of a capsule in a folder of their own. */
async function lay(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = await mkdtemp(join(folder, 'in-'));
  for (const [path, content] of Object.entries({
    'Capsule.toml': MANIFEST,
    'demo.wasm': COMPONENT,
    ...files,
  })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

/** What a reader kept, by path. */
async function kept(reading: ReturnType<typeof readArchive>): Promise<Readonly<Record<string, string>>> {
  const { files } = await reading;
  const entries = [...files.values()].map(
    async (file) => [file.path, Buffer.from(await file.read()).toString('latin1')] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

/** Content `x` of a `.capsule` file that holds the capsule and then `blocks`; or the refusal. */
async function readingOf(blocks: readonly Uint8Array[]): Promise<string | undefined> {
  const path = join(folder, 'x.capsule');
  const all = [
    ...entry('Capsule.toml', Buffer.from(MANIFEST)),
    ...entry('demo.wasm', COMPONENT),
    ...blocks,
    Buffer.alloc(2 * BLOCK),
  ];
  await writeFile(path, gzipSync(Buffer.concat(all)));
  return await kept(readArchive(path)).then(
    (files) => files['x'],
    (error: unknown) => {
      if (!isTypedError(error)) {
        throw error;
      }
      expect(error.hint).not.toBe('');
      return `${error.code}: ${error.message}`;
    },
  );
}

const ABCD = Buffer.from('abcd');
const archiveOf = async (args: readonly string[], root: string): Promise<string> => {
  const path = join(folder, 'x.capsule');
  execFileSync('tar', ['-czf', path, '-C', root, ...args, '.']);
  return path;
};

describe('an archive of another tool', () => {
  it('is read as its own files are, whatever node-tar made it of', async () => {
    const part = fc
      .string({
        unit: fc.constantFrom('a', 'b', '7', '-', 'é', 'ö', '文', '🙂'),
        minLength: 1,
        maxLength: 40,
      })
      .map((name) => `n${name}`);
    const paths = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const files = fc.dictionary(paths, fc.uint8Array({ maxLength: 1_500 }), { maxKeys: 5 });
    await fc.assert(
      fc.asyncProperty(files, fc.boolean(), async (given, portable) => {
        // A path that is also a folder of another, or differs by case only, cannot be laid.
        const names = Object.keys(given);
        fc.pre(!names.some((name) => names.some((other) => other.startsWith(`${name}/`))));
        const root = await lay(given);
        const path = join(folder, 'x.capsule');
        await create({ cwd: root, gzip: true, portable, file: path }, ['.']);
        expect(await kept(readArchive(path))).toEqual(await kept(readFolder(root)));
      }),
      { numRuns: 40 },
    );
  });

  it.each(['v7', 'oldgnu', 'gnu', 'ustar', 'posix'])('is read when GNU tar made it as %s', async (format) => {
    const root = await lay({ 'assets/text.txt': 'text', [`${'long/'.repeat(15)}name`]: 'x' });
    const path = await archiveOf([`--format=${format}`], root);
    expect(await kept(readArchive(path))).toEqual(await kept(readFolder(root)));
  });

  it.each(['gnu', 'posix'])('is refused when GNU tar made it sparse as %s', async (format) => {
    const root = await lay({});
    await writeFile(join(root, 'holes'), '');
    await truncate(join(root, 'holes'), 1024 * 1024);
    const path = await archiveOf([`--format=${format}`, '--sparse'], root);
    await expect(readArchive(path)).rejects.toMatchObject({
      code: 'archive-unsupported',
      hint: expect.stringContaining('--sparse'),
    });
  });
});

describe('the size of an entry', () => {
  it('may be said twice, as npm does for every name outside ASCII', async () => {
    expect(await readingOf([...pax({ path: 'x', size: '4' }), ...entry('x', ABCD)])).toBe('abcd');
    expect(await readingOf([...pax({ size: '0' }), ...entry('x', Buffer.of())])).toBe('');
  });

  it('is that of the pax header where the field of the older one has no room for it', async () => {
    const full = '7'.repeat(11);
    expect(await readingOf([...pax({ size: '4' }), ...entry('x', ABCD, { size: `${full}\0` })])).toBe('abcd');
    expect(await readingOf([...pax({ size: '9000000000' }), ...entry('x', ABCD, { size: '0' })])).toMatch(
      /^source-file-too-large: .*9000000000/,
    );
  });

  it.each([
    ['0', '4'],
    ['4', '0'],
    ['4', '512'],
    ['512', '4'],
    ['512', '1024'],
  ])('is refused when %s stands in one place and %s in the other', async (older, newer) => {
    const field = `${Number(older).toString(8)}\0`;
    expect(await readingOf([...pax({ size: newer }), ...entry('x', ABCD, { size: field })])).toMatch(
      new RegExp(`^archive-corrupt: .*${older} .*${newer} `),
    );
  });

  it.each(['-4', '4x', '0x4', '4.0', ' 4', '٤', '1e3'])('is refused when it is written %j', async (size) => {
    expect(await readingOf([...pax({ size }), ...entry('x', ABCD)])).toMatch(/^archive-corrupt: /);
  });

  it.each(['\x80', '\xff'])('may be written in base 256, and is never negative (%j)', async (first) => {
    const size = `${first}${'\0'.repeat(10)}\x04`;
    expect(await readingOf(entry('x', ABCD, { size }))).toMatch(
      first === '\x80' ? /^abcd$/ : /^archive-corrupt: /,
    );
  });
});

describe('an extended header', () => {
  it.each([
    ['for all entries, of what does not matter here', pax({ comment: 'c0ffee', mtime: '1.5' }, 'g')],
    ['of times, owners and attributes', pax({ mtime: '1.5', uname: 'me', 'SCHILY.xattr.user.a': 'b\nc\0d' })],
    ['with an empty value, which means the one of the older header', pax({ path: '', size: '' })],
    ['that says its encoding', pax({ hdrcharset: 'ISO-IR 10646 2000 UTF-8', path: 'x' })],
  ])('is read %s', async (_, header) => {
    expect(await readingOf([...header, ...entry('x', ABCD)])).toBe('abcd');
  });

  it.each<[string, string, readonly Uint8Array[]]>([
    ['a size for all entries', 'archive-unsupported', pax({ size: '4' }, 'g')],
    ['a path for all entries', 'archive-unsupported', pax({ path: 'x' }, 'g')],
    ['an encoding for all entries', 'archive-unsupported', pax({ hdrcharset: 'BINARY' }, 'g')],
    ['sparse files for all entries', 'archive-unsupported', pax({ 'GNU.sparse.major': '1' }, 'g')],
    ['a sparse file, as GNU tar says it', 'archive-unsupported', pax({ 'GNU.sparse.major': '1' })],
    ['a sparse file, as GNU tar said it', 'archive-unsupported', pax({ 'GNU.sparse.size': '9' })],
    ['a sparse file, as star says it', 'archive-unsupported', pax({ 'SCHILY.realsize': '9' })],
    ['a sparse file, as Solaris says it', 'archive-unsupported', pax({ 'SUN.holesdata': ' 0 1' })],
    ['names that are not UTF-8', 'archive-unsupported', pax({ hdrcharset: 'BINARY', path: 'x' })],
    ['a second one for the same entry', 'archive-corrupt', [...pax({ path: 'x' }), ...pax({ mtime: '1' })]],
    [
      'a long name of GNU tar beside it',
      'archive-corrupt',
      [...entry('././@LongLink', Buffer.from('y\0'), { type: 'L' }), ...pax({ path: 'x' })],
    ],
    [
      'a second long name',
      'archive-corrupt',
      [
        ...entry('././@LongLink', Buffer.from('y\0'), { type: 'L' }),
        ...entry('././@LongLink', Buffer.from('x\0'), { type: 'L' }),
      ],
    ],
    [
      'two sizes',
      'archive-corrupt',
      entry('PaxHeader/x', Buffer.from('10 size=3\n10 size=4\n'), { type: 'x' }),
    ],
    ['a record without "="', 'archive-corrupt', entry('p', Buffer.from('10 comment\n'), { type: 'x' })],
    ['a record that is too long', 'archive-corrupt', entry('p', Buffer.from('99 path=x\n'), { type: 'x' })],
    ['a record without length', 'archive-corrupt', entry('p', Buffer.from('path=x\n'), { type: 'x' })],
    ['a record without end', 'archive-corrupt', entry('p', Buffer.from('10 path=xyz'), { type: 'x' })],
    ['more bytes than one may have', 'archive-unsupported', pax({ comment: 'c'.repeat(1024 * 1024) })],
    [
      'the renames of a very old GNU tar',
      'archive-unsupported',
      entry('p', Buffer.from('x\0'), { type: 'N' }),
    ],
  ])('is refused for %s', async (_, code, header) => {
    expect(await readingOf([...header, ...entry('x', ABCD)])).toMatch(new RegExp(`^${code}: `));
  });

  it('is refused without the entry that it is for', async () => {
    expect(await readingOf(pax({ path: 'x' }))).toMatch(/^archive-/);
    expect(await readingOf(entry('././@LongLink', Buffer.from('x\0'), { type: 'L' }))).toMatch(/^archive-/);
  });
});

describe('a header', () => {
  it('of the oldest kind has no magic word, and is read', async () => {
    expect(await readingOf(entry('x', ABCD, { magic: '', type: '\0' }))).toBe('abcd');
    expect(await readingOf(entry('x', ABCD, { magic: 'ustar  \0' }))).toBe('abcd');
  });

  it('of a kind that nobody knows is refused', async () => {
    expect(await readingOf(entry('x', ABCD, { magic: 'xtar\x0000' }))).toMatch(/^archive-corrupt: /);
  });

  it('of a sparse file of old GNU tar is refused in words', async () => {
    expect(await readingOf(entry('x', ABCD, { magic: 'ustar  \0', type: 'S' }))).toMatch(
      /^archive-unsupported: .*"x" is stored as a sparse file/,
    );
  });
});
