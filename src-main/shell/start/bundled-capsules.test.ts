import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BUNDLED_CAPSULES } from '../../../build/bundle/bundled-capsules.mjs';
import { bundledCapsules } from './bundled-capsules.ts';

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

const exists = (path: string): Promise<boolean> => Promise.resolve(existsSync(path));

async function folderWith(files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bundled-'));
  folders.push(folder);
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), '');
  }
  return folder;
}

describe('the bundled capsules', () => {
  it('are those of the list, whatever else was built beside them', async () => {
    const folder = await folderWith([
      'b/build/b.capsule',
      'a/build/a.capsule',
      'a/build/other.capsule',
      'hello/build/hello.capsule',
    ]);
    await expect(bundledCapsules(folder, ['a', 'b', 'not-built'], exists)).resolves.toEqual([
      join(folder, 'a/build/a.capsule'),
      join(folder, 'b/build/b.capsule'),
    ]);
  });

  it('are none when the application has none', async () => {
    await expect(bundledCapsules('/does/not/exist', BUNDLED_CAPSULES, exists)).resolves.toEqual([]);
  });

  it('are examples of ours, each under the name of its folder', async () => {
    const names = BUNDLED_CAPSULES.map(async (name) => {
      const manifest = await readFile(join('capsules', name, 'Capsule.toml'), 'utf8');
      return /^name = "(.*)"$/m.exec(manifest)?.[1];
    });
    await expect(Promise.all(names)).resolves.toEqual(BUNDLED_CAPSULES);
  });
});
