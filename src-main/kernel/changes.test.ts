import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.ts';
import type { Kernel } from '../contract/kernel.ts';
import { probeIn, shell, type Probe } from '../host/testing.ts';
import { guestCopy, guestFolder } from '../testing/guests.ts';
import { aliveByEvents, dataFolder, openKernel, startKernel } from '../testing/kernel.ts';

const DEAF = 'trap "" TERM INT HUP; echo up; while :; do sleep 0.01; done';

/** Keeps the capsule from being unloaded until it is killed. */
interface Obstacle {
  /** Resolves when the capsule is being unloaded and waits for the program. */
  readonly met: Promise<undefined>;
  readonly remove: () => void;
}

/** The probe with all rights, and a program of it that no TERM ends. */
async function probeWithObstacle(kernel: Kernel): Promise<Obstacle & { readonly probe: Probe }> {
  await kernel.install(guestFolder('probe'), { grants: 'all' });
  const probe = probeIn(kernel);
  const [up, met] = [deferred<undefined>(), deferred<undefined>()];
  kernel.subscribe((event) => {
    if (event.kind === 'process-output') {
      up.resolve(undefined);
    }
    if (event.kind === 'process' && event.process.stop !== null) {
      met.resolve(undefined);
    }
  });
  await probe.ok('process.spawnPersistent', [shell(DEAF)]);
  await up.promise;
  const key = kernel.processes()[0]?.key ?? '';
  return { probe, met: met.promise, remove: () => kernel.kill(key) };
}

describe('a call while its capsule is being changed', () => {
  it('is answered by the new version with the new rights, and none that cannot wait by the old one', async () => {
    const { kernel } = await startKernel();
    const { probe, met, remove } = await probeWithObstacle(kernel);
    const installing = kernel.install(await guestCopy('probe', { '0.1.0': '0.2.0' }), { grants: [] });
    await met;
    const waiting = probe.ask('process.spawnPersistent', [shell('sleep 100')]);
    await expect(probe.ask('sys.clockMs', [], { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'guest-timed-out',
      message: expect.stringContaining('not ready'),
    });
    const cancel = new AbortController();
    const cancelled = probe.ask('sys.clockMs', [], { signal: cancel.signal });
    cancel.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'invocation-cancelled' });
    expect(kernel.capsules()).toMatchObject([{ version: '0.1.0', instances: [] }]);
    remove();
    await expect(installing).resolves.toMatchObject({ version: '0.2.0', lastCall: null });
    await expect(waiting).resolves.toEqual({ err: { tag: 'capability-denied' } });
    await expect(probe.ok('sys.enumerateCapabilities')).resolves.toEqual([]);
  });

  it('does not keep the hook of the new version from running, and is answered by the old one when that fails', async () => {
    const { kernel } = await startKernel();
    const { probe, met, remove } = await probeWithObstacle(kernel);
    const bad = await guestCopy('bad-install', { 'name = "bad-install"': 'name = "probe"' });
    const installing = kernel.install(bad, { grants: 'all' }).catch((error: unknown) => error);
    await met;
    const waiting = probe.ok('sys.enumerateCapabilities');
    remove();
    await expect(installing).resolves.toMatchObject({ code: 'guest-trapped' });
    await expect(waiting).resolves.toEqual(['allow_persistent', 'host_process']);
  });

  it.each([
    ['removed', 'capsule-not-found'],
    ['switched off', 'capsule-disabled'],
  ])('that is being %s does not bring it back', async (how, code) => {
    const { kernel, events, reported } = await startKernel();
    const { probe, met, remove } = await probeWithObstacle(kernel);
    const changing = how === 'removed' ? kernel.remove('probe') : kernel.setEnabled('probe', false);
    await met;
    const call = probe.ask('sys.clockMs').catch((error: unknown) => error);
    remove();
    await changing;
    await expect(call).resolves.toMatchObject({ code });
    await kernel.dispose();
    expect(aliveByEvents(events)).toEqual([]);
    expect(reported).toEqual([]);
  });
});

describe('a capsule that is being changed when the kernel ends', () => {
  it('is not there afterwards when the hook of its first installation did not return', async () => {
    const dataDir = await dataFolder();
    const { kernel } = await openKernel(dataDir);
    const disposals: Promise<void>[] = [];
    kernel.subscribe((event) => {
      if (event.kind === 'guest-log') {
        disposals.push(kernel.dispose());
      }
    });
    const installing = kernel
      .install(guestFolder('bad-install'), { grants: 'all' })
      .catch((error: unknown) => error);
    await expect(installing).resolves.toMatchObject({ code: 'invocation-cancelled' });
    await Promise.all(disposals);
    expect(disposals).toHaveLength(1);
    await expect(readdir(join(dataDir, 'capsules'))).resolves.toEqual([]);
    await expect(readdir(join(dataDir, 'components'))).resolves.toEqual([]);
  });

  it('is what it was before when it was being replaced', async () => {
    const dataDir = await dataFolder();
    const { kernel, events } = await openKernel(dataDir);
    const { met, remove } = await probeWithObstacle(kernel);
    const newer = await guestCopy('probe', { '0.1.0': '0.2.0' });
    const installing = kernel.install(newer, { grants: 'all' }).catch((error: unknown) => error);
    await met;
    const disposal = kernel.dispose();
    remove();
    await disposal;
    await expect(installing).resolves.toMatchObject({ code: 'kernel-disposed' });
    expect(aliveByEvents(events)).toEqual([]);
    const again = await openKernel(dataDir);
    const after = again.kernel.capsules();
    await again.kernel.dispose();
    expect(after).toMatchObject([{ version: '0.1.0' }]);
  });
});
