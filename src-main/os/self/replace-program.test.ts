import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { replaceProgram, type ReplaceStep } from './replace-program.ts';
import { nodeScript } from './testing.ts';

/** More than two chunks, so that half of it is a true half. */
const OLD = Buffer.alloc(3_000_000, 'old ');
const NEW = Buffer.alloc(5_000_000, 'newer ');
const steps: readonly ReplaceStep[] = ['cleaned', 'half-copied', 'copied', 'executable', 'synced', 'renamed'];

async function place() {
  const root = await temporaryFolder();
  const folder = join(root, 'programs');
  await mkdir(folder);
  const program = join(folder, 'Capsule Desktop.AppImage');
  const download = join(root, 'download');
  await writeFile(program, OLD, { mode: 0o755 });
  await writeFile(download, NEW, { mode: 0o600 });
  const sha512 = createHash('sha512').update(NEW).digest('base64');
  return { root, folder, replacement: { download, sha512, program } };
}

describe('replacing a program', () => {
  it('puts the new one under the same path, as executable as the old one, and leaves nothing beside it', async () => {
    const { folder, replacement } = await place();
    await chmod(replacement.program, 0o700);
    await replaceProgram(replacement);
    expect((await readFile(replacement.program)).equals(NEW)).toBe(true);
    expect((await stat(replacement.program)).mode & 0o777).toBe(0o700);
    expect(await readdir(folder)).toEqual(['Capsule Desktop.AppImage']);
    expect((await readFile(replacement.download)).equals(NEW)).toBe(true);
  });

  it('replaces what a link leads to, and leaves the link', async () => {
    const { root, replacement } = await place();
    const link = join(root, 'link');
    await symlink(replacement.program, link);
    await replaceProgram({ ...replacement, program: link });
    expect((await readFile(replacement.program)).equals(NEW)).toBe(true);
    expect(await readdir(root)).toContain('link');
  });

  it('refuses a download that was changed after it had been checked', async () => {
    const { folder, replacement } = await place();
    await writeFile(replacement.download, 'something else');
    await expect(replaceProgram(replacement)).rejects.toMatchObject({ code: 'update-file-changed' });
    expect((await readFile(replacement.program)).equals(OLD)).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it.each([
    ['ENOSPC', 'update-no-space'],
    ['EROFS', 'update-not-writable'],
    ['EACCES', 'update-not-writable'],
  ])('says in words when %s comes half-way, and takes its half away', async (code, own) => {
    const { folder, replacement } = await place();
    const failing = replaceProgram(replacement, (step) => {
      if (step === 'half-copied') {
        throw Object.assign(new Error(code), { code });
      }
    });
    await expect(failing).rejects.toMatchObject({ code: own, message: expect.stringContaining(folder) });
    expect((await readFile(replacement.program)).equals(OLD)).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('does not follow a link that lies where its copy goes', async () => {
    const { root, folder, replacement } = await place();
    await writeFile(join(root, 'victim'), 'mine');
    await symlink(join(root, 'victim'), join(folder, '.Capsule Desktop.AppImage.update'));
    await replaceProgram(replacement);
    expect(await readFile(join(root, 'victim'), 'utf8')).toBe('mine');
    expect((await readFile(replacement.program)).equals(NEW)).toBe(true);
  });

  it.each(steps)(
    'killed when %s, leaves the whole old or new program, and the next attempt is clean',
    async (step) => {
      const { root, folder, replacement } = await place();
      await killedAt(root, step, replacement);
      const left = await readFile(replacement.program);
      expect(left.equals(step === 'renamed' ? NEW : OLD)).toBe(true);
      expect((await stat(replacement.program)).mode & 0o777).toBe(0o755);
      await replaceProgram(replacement);
      expect((await readFile(replacement.program)).equals(NEW)).toBe(true);
      expect(await readdir(folder)).toEqual(['Capsule Desktop.AppImage']);
    },
  );
});

/** Runs the replacement in a process of its own, which kills itself (KILL) as soon as the step is reached. */
async function killedAt(folder: string, step: ReplaceStep, replacement: object): Promise<void> {
  const script = await nodeScript(
    folder,
    `import { replaceProgram } from './replace-program.ts';
    await replaceProgram(${JSON.stringify(replacement)}, (step) => {
      if (step === ${JSON.stringify(step)}) process.kill(process.pid, 'SIGKILL');
    });`,
  );
  const child = spawn(process.execPath, [script], { stdio: 'inherit' });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}
