import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guestCopy } from '../../testing/guests.ts';
import { listing, temporaryFolder } from '../../testing/temporary-folder.ts';
import { hashComponent } from '../component/hash.ts';
import { openLibrary, type Library } from './library.ts';
import { readSource } from '../source/source.ts';
import type { CapsuleContent } from '../source/content.ts';

const noReport = (message: string): never => {
  throw new Error(message);
};

/** The spinner guest in some version; its component with a custom section of that name, so that each differs. */
async function contentOf(
  version: string,
): Promise<{ readonly content: CapsuleContent; readonly hash: string }> {
  const folder = await guestCopy('spinner', { '0.1.0': version });
  const file = join(folder, 'build', 'spinner.wasm');
  const name = Buffer.from(version);
  const custom = Buffer.from([0, name.length + 1, name.length, ...name]);
  await writeFile(file, Buffer.concat([await readFile(file), custom]));
  await writeFile(join(folder, 'notes.txt'), `notes of ${version}`);
  const content = await readSource(folder);
  return { content, hash: hashComponent(content.component) };
}

async function install(library: Library, version: string): Promise<string> {
  const { content, hash } = await contentOf(version);
  const pending = await library.install(content, hash, ['uplink']);
  await pending.commit();
  return hash;
}

const versions = (library: Library): readonly string[] =>
  library.list().map(({ manifest }) => manifest.version);

describe('an installation', () => {
  it('puts the capsule’s files and record in its folder and the component beside, by content', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    const hash = await install(library, '1.0.0');
    expect(await listing(dataDir)).toEqual([
      'capsules',
      'capsules/spinner',
      'capsules/spinner/Capsule.toml',
      'capsules/spinner/install.json',
      'capsules/spinner/notes.txt',
      'components',
      `components/${hash}.wasm`,
    ]);
    expect(library.find('spinner')?.record).toMatchObject({
      hash,
      grants: ['uplink'],
      enabled: true,
      schema: 1,
    });
    expect(hashComponent(await library.readComponent(hash))).toBe(hash);
    const reopened = await openLibrary(dataDir, noReport);
    expect(reopened.list()).toEqual(library.list());
  });

  it('takes the place of the one of the same name', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    const old = await install(library, '1.0.0');
    const hash = await install(library, '2.0.0');
    expect(hash).not.toBe(old);
    expect(versions(library)).toEqual(['2.0.0']);
    expect(await readdir(join(dataDir, 'capsules'))).toEqual(['spinner']);
    expect(await readdir(join(dataDir, 'components'))).toEqual([`${hash}.wasm`]);
    await expect(readFile(join(dataDir, 'capsules', 'spinner', 'notes.txt'), 'utf8')).resolves.toBe(
      'notes of 2.0.0',
    );
  });

  it('that is taken back leaves what was there before', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    const nothing = await listing(dataDir);
    const first = await contentOf('1.0.0');
    await (await library.install(first.content, first.hash, 'all')).rollback();
    expect(await listing(dataDir)).toEqual(nothing);
    expect(library.list()).toEqual([]);

    await install(library, '1.0.0');
    const before = await listing(dataDir);
    const second = await contentOf('2.0.0');
    await (await library.install(second.content, second.hash, 'all')).rollback();
    expect(await listing(dataDir)).toEqual(before);
    expect(versions(library)).toEqual(['1.0.0']);
    expect(versions(await openLibrary(dataDir, noReport))).toEqual(['1.0.0']);
  });

  it('of the same content again keeps the component, also when it is taken back', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    const hash = await install(library, '1.0.0');
    const { content } = await contentOf('1.0.0');
    await (await library.install(content, hash, 'all')).rollback();
    expect(hashComponent(await library.readComponent(hash))).toBe(hash);
    await install(library, '1.0.0');
    expect(hashComponent(await library.readComponent(hash))).toBe(hash);
  });

  it('that cannot be written leaves what was there before', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    await install(library, '1.0.0');
    const before = await listing(dataDir);
    const { content, hash } = await contentOf('2.0.0');
    const files = new Map(content.files);
    files.set('gone.txt', {
      path: 'gone.txt',
      size: 1,
      read: () => Promise.reject(new Error('the disk is full')),
    });
    await expect(library.install({ ...content, files }, hash, 'all')).rejects.toThrow('the disk is full');
    expect(await listing(dataDir)).toEqual(before);
    expect(versions(library)).toEqual(['1.0.0']);
  });
});

describe('what a crash left half-done', () => {
  it('is undone: a first installation that was not finished', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    const nothing = await listing(dataDir);
    const { content, hash } = await contentOf('1.0.0');
    // Neither committed nor taken back: the process ends here.
    await library.install(content, hash, 'all');
    expect((await openLibrary(dataDir, noReport)).list()).toEqual([]);
    expect(await listing(dataDir)).toEqual(nothing);
  });

  it('is undone: an upgrade that was not finished', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    const old = await install(library, '1.0.0');
    const { content, hash } = await contentOf('2.0.0');
    // Neither committed nor taken back: the process ends here.
    await library.install(content, hash, 'all');
    const reopened = await openLibrary(dataDir, noReport);
    expect(versions(reopened)).toEqual(['1.0.0']);
    expect(hashComponent(await reopened.readComponent(old))).toBe(old);
    expect(await readdir(join(dataDir, 'capsules'))).toEqual(['spinner']);
    expect(await readdir(join(dataDir, 'components'))).toEqual([`${old}.wasm`]);
  });

  it('is undone: an upgrade between the two renames', async () => {
    const dataDir = await temporaryFolder();
    await install(await openLibrary(dataDir, noReport), '1.0.0');
    const capsules = join(dataDir, 'capsules');
    await rename(join(capsules, 'spinner'), join(capsules, '.previous-spinner.0f9d'));
    await mkdir(join(capsules, '.staging-1234'));
    const reopened = await openLibrary(dataDir, noReport);
    expect(versions(reopened)).toEqual(['1.0.0']);
    expect(await readdir(capsules)).toEqual(['spinner']);
  });

  it('is finished: a removal, and the tidying after an upgrade', async () => {
    const dataDir = await temporaryFolder();
    await install(await openLibrary(dataDir, noReport), '2.0.0');
    const capsules = join(dataDir, 'capsules');
    // What is left of the replaced version while it is being deleted.
    await mkdir(join(capsules, '.staging-1234', 'half'), { recursive: true });
    expect(versions(await openLibrary(dataDir, noReport))).toEqual(['2.0.0']);
    expect(await readdir(capsules)).toEqual(['spinner']);
  });

  it.each(['removed', 'replaced'] as const)(
    'does not come back over a capsule that was %s after its undo had failed',
    async (how) => {
      const dataDir = await temporaryFolder();
      await install(await openLibrary(dataDir, noReport), '1.0.0');
      const capsules = join(dataDir, 'capsules');
      const previous = join(capsules, '.previous-spinner.0f9d');
      await cp(join(capsules, 'spinner'), previous, { recursive: true });
      await writeFile(join(capsules, 'spinner', 'install.json'), '{}');
      // The undo could not remove that folder.
      await rename(previous, join(dataDir, 'aside'));
      const library = await openLibrary(dataDir, noReport);
      await rename(join(dataDir, 'aside'), previous);
      expect(library.broken()).toMatchObject([{ id: 'spinner' }]);
      await (how === 'removed' ? library.remove('spinner') : install(library, '2.0.0'));
      expect(library.broken()).toEqual([]);
      expect(versions(await openLibrary(dataDir, noReport))).toEqual(how === 'removed' ? [] : ['2.0.0']);
    },
  );

  it('is removed: components that belong to no capsule', async () => {
    const dataDir = await temporaryFolder();
    const hash = await install(await openLibrary(dataDir, noReport), '1.0.0');
    await writeFile(join(dataDir, 'components', `${'0'.repeat(64)}.wasm`), 'orphan');
    await writeFile(join(dataDir, 'components', `${hash}.wasm.0f9d`), 'half');
    await openLibrary(dataDir, noReport);
    expect(await readdir(join(dataDir, 'components'))).toEqual([`${hash}.wasm`]);
  });
});

describe('a capsule’s folder that cannot be read', () => {
  it.each([
    ['the record is cut off', 'install.json', '{"schema":', /JSON/],
    ['the record is of a newer version', 'install.json', '{"schema":2}', /newer version/],
    ['the manifest is damaged', 'Capsule.toml', '[package', /./],
  ])(
    'is listed as broken when %s, can be removed, and can be replaced',
    async (_name, file, content, reason) => {
      const dataDir = await temporaryFolder();
      const hash = await install(await openLibrary(dataDir, noReport), '1.0.0');
      await writeFile(join(dataDir, 'capsules', 'spinner', file), content);

      const reopened = await openLibrary(dataDir, noReport);
      expect(reopened.list()).toEqual([]);
      expect(reopened.broken()).toEqual([{ id: 'spinner', reason: expect.stringMatching(reason) }]);
      // Its component is kept: the folder may be mended by hand.
      expect(await readdir(join(dataDir, 'components'))).toEqual([`${hash}.wasm`]);

      const next = await contentOf('2.0.0');
      await (await reopened.install(next.content, next.hash, 'all')).rollback();
      expect(reopened.broken()).toHaveLength(1);
      await install(reopened, '2.0.0');
      expect([versions(reopened), reopened.broken()]).toEqual([['2.0.0'], []]);

      await writeFile(join(dataDir, 'capsules', 'spinner', file), content);
      const again = await openLibrary(dataDir, noReport);
      await again.remove('spinner');
      expect(again.broken()).toEqual([]);
      expect(await readdir(join(dataDir, 'capsules'))).toEqual([]);
    },
  );
});

describe('a component on disk', () => {
  it('is refused when it is damaged or gone', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    const hash = await install(library, '1.0.0');
    const file = join(dataDir, 'components', `${hash}.wasm`);
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    await expect(library.readComponent(hash)).rejects.toMatchObject({ code: 'store-damaged' });
    await rm(file);
    await expect(library.readComponent(hash)).rejects.toMatchObject({ code: 'store-damaged' });
  });

  it('goes with the last capsule that uses it', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    await install(library, '1.0.0');
    await library.remove('spinner');
    expect(await listing(dataDir)).toEqual(['capsules', 'components']);
    await expect(library.remove('spinner')).rejects.toMatchObject({ code: 'capsule-not-found' });
    await expect(library.setEnabled('spinner', true)).rejects.toMatchObject({
      code: 'capsule-not-found',
    });
  });
});

describe('switching off', () => {
  it('is remembered', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    await install(library, '1.0.0');
    await library.setEnabled('spinner', false);
    expect((await openLibrary(dataDir, noReport)).find('spinner')?.record.enabled).toBe(false);
  });
});

describe('a capsule that the application disables', () => {
  it('is disabled also when the disk refuses it; what a person did is as it was then', async () => {
    const dataDir = await temporaryFolder();
    const library = await openLibrary(dataDir, noReport);
    await install(library, '1.0.0');
    await rename(join(dataDir, 'capsules', 'spinner'), join(dataDir, 'elsewhere'));
    await expect(library.setEnabled('spinner', false)).rejects.toThrow('ENOENT');
    expect(library.find('spinner')?.record.enabled).toBe(true);
    await expect(library.setEnabled('spinner', false, 'unexpected-end')).rejects.toThrow('ENOENT');
    expect(library.find('spinner')?.record).toMatchObject({
      enabled: false,
      disabledBecause: 'unexpected-end',
    });
  });
});
