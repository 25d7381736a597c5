import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Kernel } from '../contract/kernel.ts';
import { probeIn, shell } from '../host/testing.ts';
import { guestFolder } from '../testing/guests.ts';
import { dataFolder, WORKER_FOLDER } from '../testing/kernel.ts';
import { readAudit } from '../testing/read-audit.ts';
import { createKernel, type KernelOptions } from './kernel.ts';

const MiB = 1024 * 1024;

async function start(dataDir: string, quotas: NonNullable<KernelOptions['quotas']>): Promise<Kernel> {
  const kernel = await createKernel({
    ...{ dataDir, quotas, version: '0', electronVersion: null, workerFolder: WORKER_FOLDER },
  });
  onTestFinished(() => kernel.dispose());
  return kernel;
}

describe('the disk quota of a principal', () => {
  it('ends a program, refuses the next to the guest, and says more to the operator', async () => {
    const dataDir = await dataFolder();
    const kernel = await start(dataDir, { maxStorageBytes: 4 * MiB });
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const probe = probeIn(kernel);
    const grow = 'while :; do head -c 1048576 /dev/zero >> big; sleep 0.02; done';
    const id = await probe.ok<string>('process.spawnPersistent', [shell(grow)]);
    await expect(probe.ok('process.wait', [id, 30_000])).resolves.toMatchObject({ signal: 9 });
    expect(kernel.processes()).toMatchObject([{ exit: { code: null, signal: 9, reason: 'disk-quota' } }]);
    await expect(probe.errOf('process.spawn', [shell('true')])).resolves.toBe('quota');
    // Another principal's disk is another's.
    await expect(
      probe.ok('process.spawn', [shell('echo fine')], { principal: 'other' }),
    ).resolves.toMatchObject({ stdout: 'fine\n' });
    await expect
      .poll(async () => (await readAudit(dataDir)).filter(({ outcome }) => outcome === 'failed'))
      .toMatchObject([
        {
          capsule: 'probe',
          principal: 'default',
          reason: expect.stringMatching(
            /^quota: Disk quota exceeded: "default" uses \d+\.\d MiB \(quota: 4\.0 MiB\)\. Remove files from workspaces\/default /,
          ),
        },
      ]);
    const workspace = join(dataDir, 'workspaces', 'default', 'probe');
    expect(await readdir(workspace)).toEqual(['big']);
    await rm(join(workspace, 'big'));
    await expect(probe.ok('process.spawn', [shell('echo fine')])).resolves.toMatchObject({
      stdout: 'fine\n',
    });
  });

  it.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('is not %d', async (maxStorageEntries) => {
    await expect(start(await dataFolder(), { maxStorageEntries })).rejects.toMatchObject({
      code: 'invalid-input',
      message: `Invalid maxStorageEntries: ${maxStorageEntries}.`,
    });
  });
});
