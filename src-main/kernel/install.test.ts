import { mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from '@bytecodealliance/jco';
import { describe, expect, it } from 'vitest';
import { manifestAsking } from '../host/testing.ts';
import { guestCopy, guestFolder } from '../testing/guests.ts';
import { startKernel } from '../testing/kernel.ts';
import { listing, temporaryFolder } from '../testing/temporary-folder.ts';

/** What an installation may change: all but the logs, what is marked meanwhile, and what the tests share. */
async function installed(dataDir: string): Promise<readonly string[]> {
  const names = await listing(dataDir);
  return names.filter((name) => !/^(?:audit|logs|transpiled|bundled\.json|starting\.json)/.test(name));
}

const CORE_MODULE = Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

/** A component that imports a function of an instance of this name, and exports nothing. */
function componentImporting(name: string): Promise<Uint8Array> {
  return parse(`(component (import "${name}" (instance (export "f" (func)))))`);
}

describe('an installation', () => {
  it('shows what the capsule asks for before anything of it runs, and installs what was shown', async () => {
    const { kernel, dataDir, events } = await startKernel();
    const before = await installed(dataDir);
    const source = await guestCopy('probe');
    const plan = await kernel.inspect(source);
    expect(plan).toMatchObject({
      kind: 'folder',
      id: 'probe',
      version: '0.1.0',
      replaces: null,
      imports: expect.arrayContaining(['astrid:process/host@1.0.0']),
      exports: expect.arrayContaining(['astrid-hook-trigger']),
    });
    expect(plan.capabilities.map(({ name, granted }) => [name, granted])).toEqual([
      ['host_process', false],
      ['allow_persistent', false],
    ]);
    expect(events).toEqual([]);
    // The source changes after the look at it: what was looked at is what counts.
    await writeFile(join(source, 'Capsule.toml'), '[package]\nname = "other"\nversion = "6.6.6"\n');
    await rm(join(source, 'build'), { recursive: true });
    const view = await kernel.confirm(plan.token, ['host_process']);
    expect(view).toMatchObject({ id: 'probe', version: '0.1.0', hash: plan.hash, state: 'ready' });
    expect(view.capabilities.map(({ name, granted }) => [name, granted])).toEqual([
      ['host_process', true],
      ['allow_persistent', false],
    ]);
    expect((await installed(dataDir)).filter((name) => !before.includes(name))).toEqual([
      'capsules/probe',
      'capsules/probe/Capsule.toml',
      'capsules/probe/install.json',
      `components/${plan.hash}.wasm`,
    ]);
  });

  it('says which folders it would share with installed capsules, as far as those were granted them', async () => {
    const { kernel } = await startKernel();
    const place = await realpath(await temporaryFolder());
    const [photos, link] = [join(place, 'photos'), join(place, 'link')];
    await mkdir(photos);
    await symlink(photos, link);
    const named = async (name: string, asked: Parameters<typeof manifestAsking>[0]): Promise<string> => {
      const folder = await manifestAsking(asked);
      const file = join(folder, 'Capsule.toml');
      await writeFile(file, (await readFile(file, 'utf8')).replace('name = "probe"', `name = "${name}"`));
      return folder;
    };
    const overlaps = async (asked: Parameters<typeof manifestAsking>[0]) => {
      const plan = await kernel.inspect(await named('newcomer', asked));
      await kernel.cancelInstall(plan.token);
      return plan.overlaps;
    };
    await kernel.install(await named('backup', { fsRead: [photos], fsWrite: ['home://notes/'] }), {
      grants: ['fs_read'],
    });
    await kernel.install(await named('newcomer', { fsWrite: [photos] }), { grants: 'all' });
    // Under whatever name, and neither with what was not granted nor with the one that it replaces.
    await expect(overlaps({ fsWrite: [link, 'home://'] })).resolves.toEqual([
      {
        capsule: 'backup',
        folders: [photos],
        sentence: `If granted, it can change what backup reads: ${photos}.`,
      },
    ]);
    await expect(overlaps({ fsRead: [place] })).resolves.toEqual([]);
    await kernel.install(await named('backup', { fsWrite: [photos, 'home://notes/'] }), { grants: 'all' });
    await expect(overlaps({ fsRead: [place], fsWrite: ['home://'] })).resolves.toEqual([
      {
        capsule: 'backup',
        folders: ['home://notes'],
        sentence: 'If granted, it and backup can change the same files: home://notes.',
      },
      {
        capsule: 'backup',
        folders: [photos],
        sentence: `If granted, backup can change what it reads: ${photos}.`,
      },
    ]);
  });

  it('is possible once with one inspection, and not with a cancelled one', async () => {
    const { kernel, dataDir } = await startKernel();
    const first = await kernel.inspect(guestFolder('trap'));
    await kernel.confirm(first.token, 'all');
    await expect(kernel.confirm(first.token, 'all')).rejects.toMatchObject({ code: 'inspection-gone' });
    const second = await kernel.inspect(guestFolder('trap'));
    expect(second.replaces).toBe('0.1.0');
    await kernel.cancelInstall(second.token);
    await expect(kernel.confirm(second.token, 'all')).rejects.toMatchObject({ code: 'inspection-gone' });
    await expect(kernel.confirm('made up', 'all')).rejects.toMatchObject({ code: 'inspection-gone' });
    await expect(readdir(join(dataDir, 'inspections'))).resolves.toEqual([]);
  });

  it('over an older one begins with what that was granted, but for rights that are wider now', async () => {
    const { kernel } = await startKernel();
    const granted = async (changes: Readonly<Record<string, string>>) => {
      const { token, capabilities } = await kernel.inspect(await guestCopy('probe', changes));
      await kernel.cancelInstall(token);
      return capabilities.filter((each) => each.granted).map(({ name }) => name);
    };
    await expect(granted({})).resolves.toEqual([]);
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    await expect(granted({})).resolves.toEqual(['host_process', 'allow_persistent']);
    await expect(granted({ 'allow_persistent = true': 'kv = ["*"]' })).resolves.toEqual(['host_process']);
    await expect(granted({ 'host_process = [': 'host_process = ["make", ' })).resolves.toEqual([
      'allow_persistent',
    ]);
    await kernel.install(guestFolder('probe'), { grants: ['host_process'] });
    await expect(granted({})).resolves.toEqual(['host_process']);
  });

  it('over an older one does not begin with the grant of a name that leads elsewhere by now', async () => {
    const { kernel } = await startKernel();
    const place = await temporaryFolder();
    const link = join(place, 'link');
    await Promise.all([mkdir(join(place, 'one')), mkdir(join(place, 'other'))]);
    await symlink(join(place, 'one'), link);
    const source = await manifestAsking({ fsRead: [link] });
    const granted = async () => (await kernel.inspect(source)).capabilities.filter((each) => each.granted);
    await kernel.install(source, { grants: ['fs_read'] });
    await expect(granted()).resolves.toMatchObject([{ name: 'fs_read' }]);
    await rm(link);
    await symlink(join(place, 'other'), link);
    await expect(granted()).resolves.toEqual([]);
  });

  it('over one that is switched off runs its hook and leaves it switched off', async () => {
    const { kernel, events } = await startKernel();
    await kernel.install(guestFolder('loop'), { grants: 'all' });
    await kernel.setEnabled('loop', false);
    const before = events.length;
    await expect(
      kernel.install(await guestCopy('loop', { '0.1.0': '0.2.0' }), { grants: 'all' }),
    ).resolves.toMatchObject({ version: '0.2.0', enabled: false, state: 'disabled', instances: [] });
    const bad = await guestCopy('bad-install', { 'name = "bad-install"': 'name = "loop"' });
    await expect(kernel.install(bad, { grants: 'all' })).rejects.toMatchObject({ code: 'guest-trapped' });
    expect(kernel.capsules()).toMatchObject([{ version: '0.2.0', enabled: false }]);
    expect(events.slice(before).filter(({ kind }) => kind === 'guest-log')).toMatchObject([
      { message: 'upgrading' },
    ]);
    await expect(kernel.setEnabled('loop', true)).resolves.toMatchObject({ version: '0.2.0', enabled: true });
  });

  it('over an older one replaces it, with the new grants only, and keeps its workspace', async () => {
    const { kernel, dataDir } = await startKernel();
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const spawn = (args: readonly string[]) =>
      kernel.invoke({
        capsule: 'probe',
        action: 'process.spawn',
        payload: JSON.stringify({ args: [{ cmd: 'sh', args: ['-c', ...args], env: [] }] }),
      });
    await spawn(['echo kept > note.txt']);
    await spawn(['true']);
    const newer = await guestCopy('probe', { '0.1.0': '0.2.0' });
    await expect(kernel.install(newer, { grants: [] })).resolves.toMatchObject({
      version: '0.2.0',
      instances: [],
      lastCall: null,
    });
    expect(kernel.capsules()).toHaveLength(1);
    await expect(spawn(['true'])).resolves.toMatchObject({ data: '{"err":{"tag":"capability-denied"}}' });
    await expect(readFile(join(dataDir, 'workspaces', 'default', 'probe', 'note.txt'), 'utf8')).resolves.toBe(
      'kept\n',
    );
  });

  it('whose hook fails leaves nothing, and says that the capsule is at fault', async () => {
    const { kernel, dataDir, events, audit } = await startKernel();
    const before = await installed(dataDir);
    await expect(kernel.install(guestFolder('bad-install'), { grants: 'all' })).rejects.toMatchObject({
      code: 'guest-trapped',
    });
    expect(kernel.capsules()).toEqual([]);
    expect(await installed(dataDir)).toEqual(before);
    expect(events.filter(({ kind }) => kind === 'guest-log' || kind === 'capsule-removed')).toMatchObject([
      { kind: 'guest-log', message: 'installing' },
      { kind: 'capsule-removed', id: 'bad-install' },
    ]);
    await expect.poll(audit).toMatchObject([{ action: 'operator#install', outcome: 'failed' }]);
  });

  it('over an older one whose upgrade hook fails brings the older one back to life', async () => {
    const { kernel, events } = await startKernel();
    await kernel.install(await guestCopy('loop', { 'default = "100"': 'default = "10"' }), { grants: 'all' });
    const ticks = (): number => events.filter(({ kind }) => kind === 'guest-log').length;
    await expect.poll(ticks).toBeGreaterThan(0);
    const bad = await guestCopy('bad-install', { 'name = "bad-install"': 'name = "loop"' });
    await expect(kernel.install(bad, { grants: 'all' })).rejects.toMatchObject({ code: 'guest-trapped' });
    expect(kernel.capsules()).toMatchObject([{ id: 'loop', description: expect.stringContaining('ticks') }]);
    const after = ticks();
    await expect.poll(ticks).toBeGreaterThan(after);
    expect(kernel.capsules()[0]?.state).toBe('running');
  });

  it('that cannot be written leaves the older one running', async () => {
    const { kernel, events, dataDir } = await startKernel();
    await kernel.install(await guestCopy('loop', { 'default = "100"': 'default = "10"' }), { grants: 'all' });
    const ticks = (): number => events.filter(({ kind }) => kind === 'guest-log').length;
    const newer = await guestCopy('loop', { '0.1.0': '0.2.0' });
    await writeFile(join(newer, 'notes.txt'), 'notes');
    const { token } = await kernel.inspect(newer);
    // The copy that the inspection made is lost, as by a cleaner of temporary files.
    await rm(join(dataDir, 'inspections', token), { recursive: true });
    await expect(kernel.confirm(token, 'all')).rejects.toThrow('ENOENT');
    expect(kernel.capsules()).toMatchObject([{ id: 'loop', version: '0.1.0' }]);
    const after = ticks();
    await expect.poll(ticks).toBeGreaterThan(after);
  });
});

describe('what is no capsule for this host', () => {
  const withComponent = async (bytes: Uint8Array): Promise<string> => {
    const folder = await guestCopy('trap');
    await writeFile(join(folder, 'build', 'trap.wasm'), bytes);
    return folder;
  };
  const withFile = async (bytes: Uint8Array): Promise<string> => {
    const path = join(await temporaryFolder(), 'x.capsule');
    await writeFile(path, bytes);
    return path;
  };

  it.each([
    ['a core module', () => withComponent(CORE_MODULE), 'component-core-module'],
    [
      'a component with an import nobody has',
      async () => withComponent(await componentImporting('acme:x/y@1.0.0')),
      'component-unknown-import',
    ],
    [
      'a component with WASI',
      async () => withComponent(await componentImporting('wasi:io/poll@0.2.0')),
      'component-unknown-import',
    ],
    ['text instead of a component', () => withComponent(Buffer.from('hello there')), 'component-not-wasm'],
    ['a file that is no archive', () => withFile(Buffer.from('no gzip')), 'archive-not-gzip'],
    [
      'an archive that is cut off',
      () => withFile(gzipSync(Buffer.alloc(4_096)).subarray(0, 20)),
      'archive-truncated',
    ],
    ['an archive of noise', () => withFile(gzipSync(Buffer.alloc(2_048, 'x'))), 'archive-corrupt'],
    ['an empty archive', () => withFile(gzipSync(Buffer.alloc(1_024))), 'source-manifest-missing'],
    ['a folder without a manifest', () => temporaryFolder(), 'source-manifest-missing'],
    ['nothing', () => Promise.resolve('/nowhere/at/all.capsule'), 'source-missing'],
  ] as const)('%s is refused, and nothing in the data folder changes', async (_name, make, code) => {
    const { kernel, dataDir } = await startKernel();
    await kernel.install(guestFolder('trap'), { grants: 'all' });
    const before = await installed(dataDir);
    await expect(kernel.install(await make(), { grants: 'all' })).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/./),
    });
    expect(await installed(dataDir)).toEqual(before);
    expect(kernel.capsules()).toHaveLength(1);
  });
});
