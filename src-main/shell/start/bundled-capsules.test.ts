import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bundledCapsules } from './bundled-capsules.ts';

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

describe('the bundled capsules', () => {
  it('are the built archives, in a fixed order', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bundled-'));
    folders.push(folder);
    for (const name of ['b', 'a', 'sdk']) {
      await mkdir(join(folder, name, 'build'), { recursive: true });
    }
    const files = ['b/build/b.capsule', 'a/build/a.capsule', 'a/build/a.wasm', 'README.md', 'a/x.capsule'];
    for (const file of files) {
      await writeFile(join(folder, file), '');
    }
    expect(await bundledCapsules(folder, readdir)).toEqual([
      join(folder, 'a/build/a.capsule'),
      join(folder, 'b/build/b.capsule'),
    ]);
  });

  it('are none when the application has none', async () => {
    expect(await bundledCapsules('/does/not/exist', readdir)).toEqual([]);
  });
});
