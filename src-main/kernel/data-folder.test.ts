import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isTypedError } from '../base/typed-error.ts';
import { guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel } from '../testing/kernel.ts';

/** What a program prints as its working directory when the data folder is `folder`, with what is prepared linked to it. */
async function workingDirectory(folder: string): Promise<string> {
  const prepared = await dataFolder();
  await mkdir(folder, { recursive: true });
  await symlink(join(prepared, 'transpiled'), join(folder, 'transpiled'));
  const { kernel } = await openKernel(folder);
  onTestFinished(() => kernel.dispose());
  await kernel.install(guestFolder('probe'), { grants: 'all' });
  const payload = JSON.stringify({
    args: [{ cmd: 'sh', args: ['-c', 'echo made > file; pwd; cat file'], env: [] }],
  });
  const { data } = await kernel.invoke({ capsule: 'probe', action: 'process.spawn', payload });
  const { ok } = JSON.parse(data ?? 'null') as { readonly ok?: { readonly stdout: string } };
  return ok?.stdout ?? `refused: ${data}`;
}

async function start(folder: string): Promise<string> {
  try {
    const { kernel } = await openKernel(folder);
    await kernel.dispose();
    return 'started';
  } catch (error) {
    if (isTypedError(error)) {
      expect(error.hint).not.toBe('');
      return `${error.code}: ${error.message}`;
    }
    throw error;
  }
}

describe('a data folder', () => {
  it.each([
    ['with a blank', 'a b'],
    ['with a line break', 'a\nb'],
    ['outside ASCII', 'grün 🌲'],
    ['that a shell would take apart', 'it\'s $(x) `y` "z" *'],
    ['like an option of the sandbox', '--ro-bind'],
    ['with a colon', 'a:b'],
    ['of 255 bytes', 'x'.repeat(255)],
    ['of 500 parts', 'd/'.repeat(500)],
  ])('can have a name %s, and programs run in it', async (_, name) => {
    const folder = join(await realpath(await dataFolder()), name);
    await expect(workingDirectory(folder)).resolves.toBe(
      `${join(folder, 'workspaces', 'default', 'probe')}\nmade\n`,
    );
  });

  it.runIf(existsSync('/dev/shm'))('can lie in memory, and programs run in it', async () => {
    const folder = await mkdtemp('/dev/shm/capsule-test-');
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await expect(workingDirectory(folder)).resolves.toBe(
      `${join(folder, 'workspaces', 'default', 'probe')}\nmade\n`,
    );
  });

  it.each([
    '/dev/capsule-test',
    '/proc/self/cwd/../dev/capsule-test',
    '/proc/capsule-test',
    '/sys/capsule-test',
  ])('is refused where the sandbox has folders of its own, before anything is made: %s', async (folder) => {
    await expect(start(folder)).resolves.toMatch(/^data-folder-unusable: .*sandbox/);
    expect(existsSync('/dev/capsule-test')).toBe(false);
  });

  it('is refused there too when a link leads to it', async () => {
    const link = join(await dataFolder(), 'link');
    await symlink('/dev', link);
    await expect(start(join(link, 'capsule-test', 'deeper'))).resolves.toMatch(
      /^data-folder-unusable: .*sandbox/,
    );
    expect(existsSync('/dev/capsule-test')).toBe(false);
  });

  it.each(['x'.repeat(300), 'x/'.repeat(2_500), 'a\0b'])(
    'is refused in words when no folder can be called that (%#)',
    async (name) => {
      await expect(start(`${await dataFolder()}/${name}`)).resolves.toMatch(/^data-folder-unusable: /);
    },
  );
});
