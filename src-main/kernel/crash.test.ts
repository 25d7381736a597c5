import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel } from '../testing/kernel.ts';
import { runKernelProgram } from '../testing/kernel-program.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

/** Installs a capsule in a program of its own, which kills itself while the capsule's hook runs. */
async function killedInHook(dataDir: string, folder: string): Promise<NodeJS.Signals | null> {
  const run = `
    events((event) => event.kind === 'guest-log' && kill());
    await kernel.install(args[0], { grants: 'all' });
  `;
  return (await runKernelProgram({ dataDir, run, args: [folder] })).signal;
}

describe('a kernel that is killed during a first installation', () => {
  it('has not installed the capsule, whose hook did not come to its end', async () => {
    const dataDir = await dataFolder();
    await expect(killedInHook(dataDir, guestFolder('bad-install'))).resolves.toBe('SIGKILL');
    expect((await readdir(join(dataDir, 'capsules'))).filter((name) => !name.startsWith('.'))).toEqual([
      'bad-install',
    ]);
    const { kernel } = await openKernel(dataDir);
    expect(kernel.capsules()).toEqual([]);
    await kernel.dispose();
    await expect(readdir(join(dataDir, 'capsules'))).resolves.toEqual([]);
    await expect(readdir(join(dataDir, 'components'))).resolves.toEqual([]);
  });

  it('leaves a prepared component for another attempt, but not for good', async () => {
    const dataDir = await temporaryFolder();
    await killedInHook(dataDir, guestFolder('bad-install'));
    const prepared = join(dataDir, 'transpiled');
    const [left = ''] = await readdir(prepared);
    const first = await openKernel(dataDir);
    await first.kernel.install(guestFolder('trap'), { grants: 'all' });
    await first.kernel.dispose();
    const after = await readdir(prepared);
    expect(after).toHaveLength(2);
    const longAgo = new Date(Date.now() - 25 * 60 * 60_000);
    await Promise.all(after.map((name) => utimes(join(prepared, name), longAgo, longAgo)));
    const second = await openKernel(dataDir);
    await second.kernel.dispose();
    await expect(readdir(prepared)).resolves.toEqual(after.filter((name) => name !== left));
  });
});
