import { createHash } from 'node:crypto';
import { chmod, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { installCommand, installPackage } from './install-package.ts';

/** A shell script that stands where pkexec does: this machine's own packages are left alone. */
async function place(script: string) {
  const folder = await temporaryFolder();
  const [pkexec, download] = [join(folder, 'pkexec'), join(folder, 'a package.deb')];
  const content = 'a package';
  await writeFile(download, content);
  await writeFile(pkexec, `#!/bin/sh\ncd '${folder}'\n${script}\n`);
  await chmod(pkexec, 0o755);
  const command = [pkexec, ...installCommand(1000).slice(1)];
  const sha512 = createHash('sha512').update(content).digest('base64');
  return { folder, download, sha512, command };
}

describe('installing a package', () => {
  it('has an administrator resolve first, remove nothing and ask nothing', async () => {
    const { folder, download, sha512, command } = await place(`printf '%s\\n' "$@" > seen`);
    await installPackage({ download, sha512 }, command);
    const seen = (await readFile(join(folder, 'seen'), 'utf8')).trimEnd().split('\n');
    expect(seen.slice(0, 4)).toEqual(['--disable-internal-agent', '/usr/bin/apt-get', 'install', '--yes']);
    expect(seen).toContain('--no-remove');
    expect(seen.at(-1)).toBe(download);
  });

  it('needs no question for root', () => {
    expect(installCommand(0)[0]).toBe('/usr/bin/apt-get');
    expect(installCommand(1000)).toEqual([
      '/usr/bin/pkexec',
      '--disable-internal-agent',
      ...installCommand(0),
    ]);
  });

  it('leaves this process free while it goes on', async () => {
    const { folder, download, sha512, command } = await place(
      'touch asked\nuntil [ -e answer ]; do sleep 0.05; done',
    );
    const installing = installPackage({ download, sha512 }, command);
    await expect.poll(() => readdir(folder), { timeout: 10_000 }).toContain('asked');
    await writeFile(join(folder, 'answer'), '');
    await installing;
  });

  it.each<[string, string, string, string, string]>([
    [
      'a closed question',
      'exit 126',
      'update-not-permitted',
      'password was not entered',
      'Nothing was changed',
    ],
    [
      'a refusal',
      'echo "No authentication agent found." >&2; exit 127',
      'update-not-permitted',
      'No authentication agent found.',
      'a package.deb',
    ],
    [
      'what apt-get says, on one line and without tricks',
      String.raw`printf 'W: late\nE: Packages need\tto be\033[2J removed\nE: another\n' >&2; exit 100`,
      'update-not-installed',
      '(E: Packages need to be [2J removed)',
      'try again',
    ],
    [
      'the error behind a flood of words',
      `head -c 100000 /dev/zero | tr '\\0' 'x' >&2; printf '\\nE: no space\\n' >&2; exit 100`,
      'update-not-installed',
      '(E: no space)',
      'try again',
    ],
    ['a failure without a word', 'exit 1', 'update-not-installed', 'new version.', 'try again'],
    ['an end by a signal', 'kill -KILL $$', 'update-not-installed', 'new version.', 'dpkg --configure -a'],
  ])('tells %s', async (_what, script, code, message, hint) => {
    const { download, sha512, command } = await place(script);
    await expect(installPackage({ download, sha512 }, command)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  it.each([
    ['changed', (path: string) => writeFile(path, 'another package')],
    ['removed', (path: string) => rm(path)],
  ])('refuses a file that was %s after it had been checked, and asks nobody', async (_how, change) => {
    const { folder, download, sha512, command } = await place('touch asked');
    await change(download);
    await expect(installPackage({ download, sha512 }, command)).rejects.toMatchObject({
      code: 'update-file-changed',
    });
    expect(await readdir(folder)).not.toContain('asked');
  });

  it('says so where nothing can ask for a password', async () => {
    const { folder, download, sha512 } = await place('');
    const missing = join(folder, 'missing');
    await expect(installPackage({ download, sha512 }, [missing])).rejects.toMatchObject({
      code: 'update-not-permitted',
      message: expect.stringContaining(`${missing} is not installed.`),
      hint: expect.stringContaining(download),
    });
  });
});
