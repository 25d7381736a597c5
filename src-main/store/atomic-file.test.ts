import { execFileSync } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeFileAtomically } from './atomic-file.ts';

describe('a file that is replaced in one step', () => {
  it('has the new content, is its owner’s alone, and nothing is left beside it', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'record.json');
    await writeFile(path, 'old', { mode: 0o644 });
    await writeFileAtomically(path, 'new');
    await expect(readFile(path, 'utf8')).resolves.toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(readdir(folder)).resolves.toEqual(['record.json']);
  });

  it.each([
    ['a link', (path: string, other: string) => symlink(other, path)],
    ['a FIFO', (path: string) => Promise.resolve(execFileSync('mkfifo', [path]))],
  ])('is put in the place of %s, and nothing is written to that', async (_what, put) => {
    const folder = await temporaryFolder();
    const [path, other] = [join(folder, 'record'), join(folder, 'other')];
    await writeFile(other, 'kept');
    await put(path, other);
    await writeFileAtomically(path, Buffer.from('new'), 0o644);
    expect([await readFile(path, 'utf8'), await readFile(other, 'utf8')]).toEqual(['new', 'kept']);
    expect((await lstat(path)).isFile()).toBe(true);
  });

  it('is whole whenever it is read', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'record');
    const contents = ['a', 'b'].map((letter) => letter.repeat(500_000));
    await writeFileAtomically(path, contents[0] ?? '');
    let writing = true;
    const writes = (async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        await writeFileAtomically(path, contents[turn % 2] ?? '');
      }
      writing = false;
    })();
    while (writing) {
      expect(contents).toContain(await readFile(path, 'utf8'));
    }
    await writes;
  });

  it('stays as it was when the new content cannot be put there', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'taken', 'full'), { recursive: true });
    await expect(writeFileAtomically(join(folder, 'taken'), 'new')).rejects.toThrow(
      /EISDIR|ENOTEMPTY|EEXIST/,
    );
    await expect(writeFileAtomically(join(folder, 'missing', 'x'), 'new')).rejects.toThrow('ENOENT');
    await expect(readdir(folder)).resolves.toEqual(['taken']);
  });
});
