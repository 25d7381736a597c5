import { mkdir, realpath, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeAsking, run, shell } from '../testing.ts';

describe('the home folder', () => {
  const home = (text: string): object => ({ env: [{ key: 'HOME', value: text }] });

  it('is /tmp for a program when nothing else is said', async () => {
    const { probe } = await probeAsking({ fsRead: ['home://'], fsWrite: ['home://'] });
    await expect(run(probe, 'echo $HOME')).resolves.toBe('/tmp\n');
  });

  it('is kept, and shared by what is granted of it', async () => {
    const { probe, dataDir } = await probeAsking({ fsRead: ['home://'], fsWrite: ['home://'] });
    const real = join(await realpath(dataDir), 'homes', 'default');
    await expect(run(probe, 'echo $HOME; echo kept > ~/note', home('home://'))).resolves.toBe(`${real}\n`);
    await expect(run(probe, 'pwd; cat note', { cwd: 'home://' })).resolves.toBe(`${real}\nkept\n`);
    const other = await probe.ok('process.spawn', [shell('ls', { cwd: 'home://' })], {
      principal: 'somebody',
    });
    expect(other).toMatchObject({ stdout: '' });
  });

  it('is open only where it is granted, and only to read with fs_read', async () => {
    const { probe, dataDir } = await probeAsking({ fsRead: ['home://notes'] });
    const real = join(await realpath(dataDir), 'homes', 'default');
    await mkdir(join(real, 'notes', 'sub'), { recursive: true });
    await writeFile(join(real, 'secret'), 'secret');
    await writeFile(join(real, 'notes', 'a'), 'a note');
    await expect(run(probe, `pwd; cat a; echo x > a; ls ${real}`, { cwd: 'home://notes' })).resolves.toMatch(
      /notes\na notenotes\n.*Read-only file system\n$/s,
    );
    await expect(run(probe, 'pwd', { cwd: 'home://notes/./sub/' })).resolves.toBe(`${real}/notes/sub\n`);
    for (const [cwd, tag] of [
      ['home://', 'capability-denied'],
      ['home://other', 'capability-denied'],
      ['home://notes-evil', 'capability-denied'],
      ['home://notes/..', 'boundary-escape'],
      ['home:///etc', 'boundary-escape'],
      ['home://notes/missing', 'invalid-input'],
      ['home://notes/a', 'invalid-input'],
    ]) {
      await expect(probe.errOf('process.spawn', [shell('true', { cwd })])).resolves.toBe(tag);
      await expect(probe.errOf('process.spawn', [shell('true', home(cwd ?? ''))])).resolves.toBe(tag);
    }
  });

  it('opens no link that a program put in a granted place', async () => {
    const { probe, dataDir } = await probeAsking({ fsRead: ['home://notes'], fsWrite: ['home://notes'] });
    const real = join(await realpath(dataDir), 'homes', 'default');
    await mkdir(join(real, 'notes'), { recursive: true });
    await writeFile(join(real, 'secret'), 'secret');
    await run(probe, 'ln -s / out; ln -s .. up', { cwd: 'home://notes' });
    await expect(probe.errOf('process.spawn', [shell('true', { cwd: 'home://notes/out' })])).resolves.toBe(
      'boundary-escape',
    );
    await expect(probe.errOf('process.spawn', [shell('true', { cwd: 'home://notes/up' })])).resolves.toBe(
      'capability-denied',
    );
    // Somebody who may write the whole home makes the granted part a link.
    await rename(join(real, 'notes'), join(real, 'moved'));
    await symlink('/etc', join(real, 'notes'));
    await expect(run(probe, `ls ${real}/notes`)).resolves.toMatch(/No such file/);
  });

  it('gets a folder for an entry that ends with a slash', async () => {
    const { probe } = await probeAsking({ fsRead: ['home://made/'], fsWrite: ['home://made/'] });
    await expect(run(probe, 'echo x > a; ls', { cwd: 'home://made' })).resolves.toBe('a\n');
  });
});
