import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guestCopy, guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel } from '../testing/kernel.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

describe('prepared components', () => {
  it('are kept for what is installed only', async () => {
    const dataDir = await temporaryFolder();
    const { kernel } = await openKernel(dataDir);
    const prepared = async () =>
      (await readdir(join(dataDir, 'transpiled'))).map((name) => name.slice(0, 64)).sort();
    const first = await kernel.install(guestFolder('trap'), { grants: 'all' });
    await expect(prepared()).resolves.toEqual([first.hash]);
    const other = await guestCopy('spinner', { 'name = "spinner"': 'name = "trap"' });
    const second = await kernel.install(other, { grants: 'all' });
    await expect(prepared()).resolves.toEqual([second.hash]);
    const bad = await guestCopy('bad-install', { 'name = "bad-install"': 'name = "trap"' });
    await expect(kernel.install(bad, { grants: 'all' })).rejects.toMatchObject({ code: 'guest-trapped' });
    await expect(prepared()).resolves.toEqual([second.hash]);
    const lost = await guestCopy('flood');
    await writeFile(join(lost, 'notes.txt'), 'notes');
    const { token } = await kernel.inspect(lost);
    await rm(join(dataDir, 'inspections', token), { recursive: true });
    await expect(kernel.confirm(token, 'all')).rejects.toThrow('ENOENT');
    await expect(prepared()).resolves.toEqual([second.hash]);
    await kernel.install(guestFolder('spinner'), { grants: 'all' });
    await kernel.remove('trap');
    await expect(prepared()).resolves.toEqual([second.hash]);
    await kernel.remove('spinner');
    await expect(prepared()).resolves.toEqual([]);
    await kernel.dispose();
  });
});

describe('a damaged store', () => {
  it('refuses a component that was changed on disk, shows why, and is mended by installing again', async () => {
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    const { hash } = await first.kernel.install(guestFolder('trap'), { grants: 'all' });
    await first.kernel.dispose();
    const file = join(dataDir, 'components', `${hash}.wasm`);
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    await rm(join(dataDir, 'transpiled'), { recursive: true });
    const { kernel } = await openKernel(dataDir);
    const ping = { capsule: 'trap', action: 'ping' };
    await expect(kernel.invoke(ping)).rejects.toMatchObject({ code: 'store-damaged' });
    expect(kernel.capsules()).toMatchObject([
      { state: 'failed', stateReason: expect.stringContaining('on disk') },
    ]);
    await kernel.install(guestFolder('trap'), { grants: 'all' });
    await expect(kernel.invoke(ping)).resolves.toMatchObject({ refused: false });
    await kernel.dispose();
  });

  it.each([
    ['{', 'The install record is not valid JSON.'],
    ['null', 'The install record is not a JSON object.'],
    ['{"schema":1}', 'The install record has no "hash".'],
    ['{"schema":2}', 'newer version'],
  ])(
    'shows a capsule with the record %s as one that cannot be read; it can be removed',
    async (record, why) => {
      const dataDir = await dataFolder();
      const first = await openKernel(dataDir);
      await first.kernel.install(guestFolder('trap'), { grants: 'all' });
      await first.kernel.dispose();
      await writeFile(join(dataDir, 'capsules', 'trap', 'install.json'), record);
      const { kernel } = await openKernel(dataDir);
      expect(kernel.capsules()).toMatchObject([
        { id: 'trap', state: 'failed', enabled: false, stateReason: expect.stringContaining(why) },
      ]);
      await expect(kernel.invoke({ capsule: 'trap', action: 'ping' })).rejects.toMatchObject({
        code: 'capsule-not-found',
      });
      await kernel.remove('trap');
      expect(kernel.capsules()).toEqual([]);
      await kernel.dispose();
    },
  );

  it.each([
    ['index.json', 'half there', (text: string) => text.slice(0, 11)],
    ['index.json', 'without a field', (text: string) => text.replace('"exports"', '"more"')],
    ['index.json', 'of another shape', (text: string) => text.replace('"imports":[', '"imports":[1,')],
    ['component.js', 'empty', () => ''],
    ['component.core.wasm', 'empty', () => ''],
  ])('has prepared components made again when %s is %s', async (file, _how, damage) => {
    const dataDir = await temporaryFolder();
    const first = await openKernel(dataDir);
    await first.kernel.install(guestFolder('trap'), { grants: 'all' });
    await first.kernel.dispose();
    const [prepared = ''] = await readdir(join(dataDir, 'transpiled'));
    const damaged = join(dataDir, 'transpiled', prepared, file);
    const before = await readFile(damaged);
    await writeFile(damaged, damage(before.toString('latin1')));
    const { kernel } = await openKernel(dataDir);
    await expect(kernel.invoke({ capsule: 'trap', action: 'ping' })).resolves.toMatchObject({
      refused: false,
    });
    expect((await readFile(damaged)).equals(before)).toBe(true);
    await kernel.dispose();
  });
});
