import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isTypedError } from '../../base/typed-error.ts';
import { readFolder } from './folder.ts';
import { readSource } from './source.ts';
import { BLOCK, COMPONENT, entry, MANIFEST } from './testing.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsule-source-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Code and message, with the folder of the test as `~`. */
async function refusal(reading: Promise<unknown>): Promise<string> {
  return await reading.then(
    () => 'read',
    (error: unknown) => {
      if (!isTypedError(error)) {
        throw error;
      }
      expect(error.hint).not.toBe('');
      return `${error.code}: ${error.message.replace(folder, '~')}`;
    },
  );
}

const file = (name: string, data: Uint8Array | string, type = '0'): Uint8Array[] =>
  entry(name, Buffer.from(data), { type });
const GOOD = [...file('Capsule.toml', MANIFEST), ...file('demo.wasm', COMPONENT)];
const END = Buffer.alloc(2 * BLOCK);

async function placed(bytes: Uint8Array): Promise<string> {
  const path = join(folder, 'x.capsule');
  await writeFile(path, bytes);
  return path;
}

const archived = async (blocks: readonly Uint8Array[]): Promise<string> =>
  await placed(gzipSync(Buffer.concat([...blocks, END])));

describe('an archive that is refused', () => {
  it.each<[string, readonly Uint8Array[], string]>([
    ['a symbolic link', [...GOOD, ...file('x', '', '2')], 'source-link: The archive contains the link "x".'],
    ['a hard link', [...GOOD, ...file('x', '', '1')], 'source-link: The archive contains the link "x".'],
    [
      'a FIFO',
      [...GOOD, ...file('x', '', '6')],
      'source-special-file: The archive contains "x", which is neither a file nor a folder (fifo).',
    ],
    [
      'what nobody knows',
      [...GOOD, ...file('x', '', 'Z')],
      'source-special-file: The archive contains "x", which is neither a file nor a folder (unknown kind).',
    ],
    [
      'a folder with data',
      [...GOOD, ...file('x/', 'data', '5')],
      'archive-corrupt: The archive is damaged: the folder "x/" has 4 bytes of data.',
    ],
    [
      'no manifest',
      file('demo.wasm', COMPONENT),
      'source-manifest-missing: There is no Capsule.toml at the top of the archive.',
    ],
    [
      'no component',
      file('Capsule.toml', MANIFEST),
      'source-component-missing: The component "demo.wasm" named by the manifest is not in the archive.',
    ],
    [
      'a manifest of no component',
      file('Capsule.toml', MANIFEST.split('[[')[0] ?? ''),
      'source-component-undeclared: The manifest of demo names no component.',
    ],
    [
      'a file twice',
      [...GOOD, ...file('a', ''), ...file('A', '')],
      'source-duplicate: "A" is a duplicate, or differs from another entry only in case or Unicode composition.',
    ],
  ])('says what is in it: %s', async (_, blocks, expected) => {
    expect(await refusal(readSource(await archived(blocks)))).toBe(expected);
  });

  it('says what it is, where it is no archive', async () => {
    const whole = gzipSync(Buffer.concat([...GOOD, END]));
    for (const bytes of [
      Buffer.of(),
      whole.subarray(0, 1),
      Buffer.of(0x1f, 0x8c, 8),
      Buffer.of(0x1e, 0x8b, 8),
    ]) {
      expect(await refusal(readSource(await placed(bytes)))).toBe(
        'archive-not-gzip: "~/x.capsule" is not a .capsule file: it is not gzip-compressed.',
      );
    }
    expect(await refusal(readSource(join(folder, 'absent')))).toBe(
      'source-missing: "~/absent" does not exist.',
    );
    expect(await refusal(readSource('/dev/null'))).toBe('source-not-a-file: "/dev/null" is not a file.');
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    expect(await refusal(readSource(join(folder, 'fifo')))).toBe(
      'source-not-a-file: "~/fifo" is not a file.',
    );
  });

  it('says that it cannot be read, where that is so', async () => {
    await symlink('loop', join(folder, 'loop'));
    expect(await refusal(readSource(join(folder, 'loop')))).toBe(
      'source-unreadable: "~/loop" cannot be read.',
    );
    // A file that opens, and whose first byte cannot be read.
    expect(await refusal(readSource('/proc/self/mem'))).toBe(
      'source-unreadable: "/proc/self/mem" cannot be read.',
    );
  });

  it('says how it is damaged', async () => {
    const whole = gzipSync(Buffer.concat([...GOOD, END]));
    const damaged = (at: number): Buffer => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      return bytes;
    };
    expect(await refusal(readSource(await placed(damaged(whole.length - 8))))).toBe(
      'archive-corrupt: The archive is damaged: incorrect data check.',
    );
    expect(await refusal(readSource(await placed(damaged(2))))).toBe(
      'archive-corrupt: The archive is damaged: unknown compression method.',
    );
    const [header = Buffer.of(), ...rest] = GOOD;
    header[0] = 0x63;
    expect(await refusal(readSource(await archived([header, ...rest])))).toMatch(
      /^archive-corrupt: The archive is damaged: Invalid tar header\. .*[^.]\.$/,
    );
    header[0] = 0x43;
    expect(await refusal(readSource(await placed(whole.subarray(0, -1))))).toBe(
      'archive-truncated: The archive is truncated.',
    );
  });

  it.each([1, 100, 10_000, 100_000, 1_000_000])('has no padding behind its end: %i bytes', async (length) => {
    const path = await placed(Buffer.concat([gzipSync(Buffer.concat([...GOOD, END])), Buffer.alloc(length)]));
    // Several at once: what is noticed first, the end of the data or that the file goes on, is not the same each time.
    const refusals = await Promise.all(Array.from({ length: 20 }, () => refusal(readSource(path))));
    expect(new Set(refusals)).toEqual(
      new Set(['archive-trailing-data: The archive has data after its end.']),
    );
  });

  it('has at most 64 MiB', async () => {
    const path = await placed(gzipSync(Buffer.concat([...GOOD, END])));
    await truncate(path, 64 * 1024 * 1024);
    expect(await refusal(readSource(path))).toBe(
      'archive-trailing-data: The archive has data after its end.',
    );
    await truncate(path, 64 * 1024 * 1024 + 1);
    expect(await refusal(readSource(path))).toBe(
      'archive-too-large: The archive is too large: 67108865 bytes (limit: 67108864).',
    );
  });

  it('unpacks to at most 200 times its size, once that is more than 8 MiB', async () => {
    const zeros = (mebibytes: number): Uint8Array[] => file('zeros', Buffer.alloc(mebibytes * 1024 * 1024));
    expect(await refusal(readSource(await archived([...GOOD, ...zeros(7)])))).toBe('read');
    const noise = file('noise', randomBytes(60 * 1024));
    expect(await refusal(readSource(await archived([...GOOD, ...noise, ...zeros(12)])))).toBe('read');
    expect(await refusal(readSource(await archived([...GOOD, ...noise, ...zeros(18)])))).toBe(
      'archive-bomb: The archive unpacks to more than 200 times its size.',
    );
  });
});

describe('a folder that is refused', () => {
  async function laid(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const root = join(folder, 'capsule');
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    return root;
  }
  const good = { 'Capsule.toml': MANIFEST, 'demo.wasm': COMPONENT };
  const outside = (path: string): string =>
    `source-link: "${path}" is a link that is broken or leads outside the capsule's folder, or is inside a linked folder.`;

  it.each<[string, string, (root: string) => Promise<unknown>]>([
    [
      'no manifest',
      'source-manifest-missing: There is no Capsule.toml at the top of the folder.',
      (root) => rm(join(root, 'Capsule.toml')),
    ],
    [
      'no component',
      'source-component-missing: The component "demo.wasm" named by the manifest is not in the folder.',
      (root) => rm(join(root, 'demo.wasm')),
    ],
    [
      'a component below a file',
      'source-component-missing: The component "README/demo.wasm" named by the manifest is not in the folder.',
      async (root) => {
        await writeFile(join(root, 'README'), '');
        await writeFile(join(root, 'Capsule.toml'), MANIFEST.replace('demo.wasm', 'README/demo.wasm'));
      },
    ],
    [
      'a component that is a folder',
      'source-link: "demo.wasm" is a folder or links to one.',
      async (root) => {
        await rm(join(root, 'demo.wasm'));
        await mkdir(join(root, 'demo.wasm'));
      },
    ],
    [
      'a component in a linked folder that is hidden otherwise',
      outside('.out/demo.wasm'),
      async (root) => {
        await mkdir(join(root, 'real'));
        await writeFile(join(root, 'real/demo.wasm'), COMPONENT);
        await symlink('real', join(root, '.out'));
        await writeFile(join(root, 'Capsule.toml'), MANIFEST.replace('demo.wasm', '.out/demo.wasm'));
      },
    ],
    ['a link outside', outside('a/x'), (root) => symlink('/etc/hostname', join(root, 'a/x'))],
    ['a link to nowhere', outside('a/x'), (root) => symlink('nowhere', join(root, 'a/x'))],
    [
      'a link to a sibling with the same beginning',
      outside('a/x'),
      async (root) => {
        await writeFile(`${root}-2`, '');
        await symlink('../../capsule-2', join(root, 'a/x'));
      },
    ],
    [
      'a link to itself',
      'source-unreadable: "a/x" cannot be read.',
      (root) => symlink('x', join(root, 'a/x')),
    ],
    [
      'a link to a folder',
      'source-link: "a/x" is a folder or links to one.',
      (root) => symlink('../a', join(root, 'a/x')),
    ],
    [
      'a FIFO',
      'source-special-file: "a/x" is not a regular file.',
      async (root) => execFileSync('mkfifo', [join(root, 'a/x')]),
    ],
  ])('says what is in it: %s', async (_, expected, spoil) => {
    const root = await laid(good);
    await mkdir(join(root, 'a'));
    expect(await refusal(readSource(root))).toBe('read');
    await spoil(root);
    expect(await refusal(readSource(root))).toBe(expected);
  });

  it('says what it is, where it is no folder', async () => {
    const path = await placed(Buffer.of());
    expect(await refusal(readFolder(path))).toBe('source-not-a-file: "~/x.capsule" is not a folder.');
    expect(await refusal(readFolder(join(folder, 'absent')))).toBe(
      'source-missing: "~/absent" does not exist or is not readable.',
    );
  });

  it('is read as a folder, and an archive as an archive', async () => {
    expect((await readSource(await laid(good))).kind).toBe('folder');
    expect((await readSource(await archived(GOOD))).kind).toBe('archive');
  });
});

describe('the folder to unpack into', () => {
  it('is refused when something is in it', async () => {
    expect(await refusal(readSource(await archived(GOOD), folder))).toBe(
      'source-staging: Cannot unpack into the folder ~: it is not empty.',
    );
  });

  it('is refused when it cannot be made', async () => {
    const path = await archived(GOOD);
    expect(await refusal(readSource(path, join(path, 'staging')))).toMatch(
      /^source-staging: Cannot unpack into the folder ~\/x\.capsule\/staging: E[A-Z]+: .+\.$/,
    );
  });

  it('is told apart from the archive when a file does not fit there, and is removed', async () => {
    // No path may have more than 4,096 bytes.
    const staging = join(folder, ...Array.from({ length: 15 }, () => 'd'.repeat(250)));
    const path = await archived([...GOOD, ...file(`${'e'.repeat(250)}/f`, '')]);
    const long = join(folder, 'long');
    expect(await refusal(readSource(path, long))).toBe('read');
    expect(await refusal(readSource(path, staging.padEnd(4_050, 'd')))).toMatch(
      /^source-staging: Cannot unpack into the folder ~\/d+[^]*: ENAMETOOLONG: .+\.$/,
    );
    await expect(readSource(path, long)).rejects.toMatchObject({ code: 'source-staging' });
  });
});
