import { describe, expect, it } from 'vitest';
import type { Kernel } from '../contract/kernel.ts';
import { probeIn, shell } from '../host/testing.ts';
import { guestCopy, guestFolder } from '../testing/guests.ts';
import { startKernel } from '../testing/kernel.ts';

/** A persistent process of the probe that has said something and ended. */
async function endedProcess(kernel: Kernel): Promise<string> {
  const probe = probeIn(kernel);
  const id = await probe.ok<string>('process.spawnPersistent', [shell('echo token of the first')]);
  await probe.ok('process.wait', [id, 10_000]);
  return id;
}

const BY_ID: readonly (readonly [string, readonly unknown[]])[] = [
  ['process.status', []],
  ['process.readLogs', []],
  ['process.readSince', ['stdout', {}, 10]],
  ['process.wait', [0]],
  ['process.attach', []],
  ['process.watch', [null]],
];

describe('what a removed capsule had started', () => {
  it('is out of reach of the capsule that is installed next under its name, but the window still shows it', async () => {
    const { kernel } = await startKernel();
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const id = await endedProcess(kernel);
    const [before] = kernel.processes();
    await kernel.remove('probe');
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const probe = probeIn(kernel);
    await expect(probe.ok('process.listProcesses')).resolves.toEqual([]);
    await expect(probe.ok('process.statusMany', [[id]])).resolves.toEqual([]);
    for (const [fn, args] of BY_ID) {
      const unknown = await probe.ask(fn, ['a'.repeat(52), ...args]);
      await expect(probe.ask(fn, [id, ...args])).resolves.toEqual(unknown);
    }
    await probe.ok('process.releaseProcess', [id]);
    const { key } = before ?? { key: '' };
    expect(kernel.processes().map((each) => each.key)).toEqual([key]);
    const { bytes } = kernel.readLogs(key, 'stdout', null, 100);
    expect(new TextDecoder().decode(bytes)).toBe('token of the first\n');
    const own = await endedProcess(kernel);
    await expect(probe.ok('process.listProcesses')).resolves.toMatchObject([{ id: own }]);
  });

  it('stays its own after an upgrade, one that fails, and a time switched off', async () => {
    const { kernel } = await startKernel();
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const id = await endedProcess(kernel);
    await kernel.install(await guestCopy('probe', { '0.1.0': '0.2.0' }), { grants: 'all' });
    const bad = await guestCopy('bad-install', { 'name = "bad-install"': 'name = "probe"' });
    await expect(kernel.install(bad, { grants: 'all' })).rejects.toMatchObject({ code: 'guest-trapped' });
    await kernel.setEnabled('probe', false);
    await kernel.setEnabled('probe', true);
    await expect(probeIn(kernel).ok('process.readLogs', [id])).resolves.toMatchObject({
      stdout: 'token of the first\n',
    });
  });
});
