import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel } from '../testing/kernel.ts';
import { listing } from '../testing/temporary-folder.ts';

const HASH = '0'.repeat(64);

/** Names that each folder of the data folder could take for its own. */
const LISTED: readonly (readonly [string, string])[] = [
  ['logs', '2020-01-01.log'],
  ['logs/anna', '2020-01-01.log'],
  ['logs/anna/one', '2020-01-01.log'],
  ['capsules', 'stranger'],
  ['capsules', '.previous-trap.0f9d'],
  ['capsules', '.nothing-trap.0f9d'],
  ['capsules', '.staging-0f9d'],
  ['components', `${HASH}.wasm`],
  ['components', 'notes'],
  ['transpiled', `${HASH}-jco`],
  ['transpiled', 'notes'],
  ['audit', 'audit-000000000007.jsonl'],
];

const STRANGERS: Readonly<Record<string, (path: string) => unknown>> = {
  'a link that leads nowhere': (path) => symlink('/nowhere', path),
  'a link to itself': (path) => symlink(path, path),
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a socket': async (path) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
  },
};

describe('what is not ours in a folder that the kernel lists', () => {
  it.each(Object.entries(STRANGERS))('ends no start, is left alone and reported: %s', async (_what, make) => {
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    await first.kernel.install(guestFolder('trap'), { grants: 'all' });
    await first.kernel.dispose();
    for (const [folder, name] of LISTED) {
      await mkdir(join(dataDir, folder), { recursive: true });
      await make(join(dataDir, folder, name));
    }
    const { kernel, reported } = await openKernel(dataDir);
    expect(kernel.capsules()).toMatchObject([{ id: 'trap', state: 'ready' }]);
    await expect(kernel.invoke({ capsule: 'trap', action: 'ping' })).resolves.toMatchObject({
      refused: false,
    });
    await kernel.dispose();
    const left = await listing(dataDir);
    expect(left).toEqual(expect.arrayContaining(LISTED.map(([folder, name]) => `${folder}/${name}`)));
    const all = reported.join('\n');
    for (const [folder, name] of LISTED) {
      expect(all).toMatch(new RegExp(`${dataDir}/${folder} has entries that do not belong.*"${name}`));
    }
  });

  it('ends no start either where a file is looked for and a folder lies there, or the other way round', async () => {
    const dataDir = await dataFolder();
    for (const [folder, name] of LISTED) {
      const path = join(dataDir, folder, name);
      await mkdir(join(dataDir, folder), { recursive: true });
      if (['logs/anna/one', 'components', 'audit'].includes(folder)) {
        await mkdir(path);
      } else {
        await writeFile(path, '');
      }
    }
    const { kernel } = await openKernel(dataDir);
    expect(kernel.capsules()).toEqual([]);
    await kernel.dispose();
    const left = await listing(dataDir);
    expect(left).toEqual(expect.arrayContaining(LISTED.map(([folder, name]) => `${folder}/${name}`)));
  });

  it.each(['install.json', 'Capsule.toml'])(
    'is what a capsule’s %s became: the capsule is shown as one that cannot be read',
    async (file) => {
      const dataDir = await dataFolder();
      const first = await openKernel(dataDir);
      await first.kernel.install(guestFolder('trap'), { grants: 'all' });
      await first.kernel.dispose();
      const path = join(dataDir, 'capsules', 'trap', file);
      await rm(path);
      execFileSync('mkfifo', [path]);
      const { kernel } = await openKernel(dataDir);
      expect(kernel.capsules()).toMatchObject([
        { id: 'trap', state: 'failed', stateReason: expect.stringContaining('not a regular file') },
      ]);
      await kernel.remove('trap');
      await kernel.dispose();
    },
  );

  it.each(Object.entries(STRANGERS))(
    'is in the way of a capsule of that name, and stays there: %s',
    async (_what, make) => {
      const { kernel, dataDir } = await openKernel(await dataFolder());
      await make(join(dataDir, 'capsules', 'trap'));
      await expect(kernel.install(guestFolder('trap'), { grants: 'all' })).rejects.toMatchObject({
        code: 'store-damaged',
        message: `${dataDir}/capsules/trap is in the way: it is not a capsule’s folder.`,
      });
      expect(await readdir(join(dataDir, 'capsules'))).toEqual(['trap']);
      await rm(join(dataDir, 'capsules', 'trap'));
      await kernel.install(guestFolder('trap'), { grants: 'all' });
      await kernel.dispose();
    },
  );
});
