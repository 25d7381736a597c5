import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.ts';
import type { InstallStep, Kernel } from '../contract/kernel.ts';
import { shell, probeIn } from '../host/testing.ts';
import { guestCopy, guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel, startKernel } from '../testing/kernel.ts';
import { listing } from '../testing/temporary-folder.ts';

/** What an installation may change: all but the logs and what is prepared. */
async function installed(dataDir: string): Promise<readonly string[]> {
  return (await listing(dataDir)).filter((name) => /^(?:capsules|components|inspections)\/./.test(name));
}

/** Confirms the capsule's plan; `reached` resolves at a step. */
async function begin(
  kernel: Kernel,
  folder: string,
): Promise<{
  readonly token: string;
  readonly steps: readonly InstallStep[];
  readonly reached: (step: InstallStep) => Promise<undefined>;
  /** Rejections are there to be looked at. */
  readonly ended: Promise<unknown>;
}> {
  const { token } = await kernel.inspect(folder);
  const steps: InstallStep[] = [];
  const awaited = new Map<InstallStep, ReturnType<typeof deferred<undefined>>>();
  const at = (step: InstallStep): ReturnType<typeof deferred<undefined>> => {
    const known = awaited.get(step) ?? deferred<undefined>();
    awaited.set(step, known);
    return known;
  };
  const onStep = (step: InstallStep): void => {
    steps.push(step);
    at(step).resolve(undefined);
  };
  const ended = kernel.confirm(token, 'all', { onStep }).catch((error: unknown) => error);
  return { token, steps, reached: (step) => at(step).promise, ended };
}

const slowVersion = (version: string, name = 'slow-install'): Promise<string> =>
  guestCopy('slow-install', { '0.1.0': version, '"slow-install"': `"${name}"` });

describe('an installation that is cancelled', () => {
  it.each(['preparing', 'copying', 'running-hook'] as const)(
    'while it is %s leaves nothing, and can be done again',
    async (step) => {
      const { kernel, dataDir, audit } = await startKernel();
      const before = await installed(dataDir);
      const cancel = new AbortController();
      const onStep = (at: InstallStep): void => (at === step ? cancel.abort() : undefined);
      await expect(
        kernel.install(guestFolder('slow-install'), { grants: 'all', signal: cancel.signal, onStep }),
      ).rejects.toMatchObject({ code: 'install-cancelled', hint: expect.stringMatching(/./) });
      expect(kernel.capsules()).toEqual([]);
      expect(await installed(dataDir)).toEqual(before);
      await expect
        .poll(audit)
        .toMatchObject([{ action: 'operator#install', outcome: 'failed', reason: 'install-cancelled' }]);
      await expect(
        kernel.install(await guestCopy('trap', { '"trap"': '"slow-install"' }), { grants: 'all' }),
      ).resolves.toMatchObject({ id: 'slow-install' });
    },
  );

  it.each(['stopping', 'copying', 'running-hook'] as const)(
    'while it is %s to replace another leaves that one as it was, and running',
    async (step) => {
      const { kernel, dataDir, events } = await startKernel();
      const quick = { 'default = "100"': 'default = "10"' };
      await kernel.install(await guestCopy('loop', quick), { grants: 'all' });
      const before = await installed(dataDir);
      const newer = await slowVersion('0.2.0', 'loop');
      const cancel = new AbortController();
      const steps: InstallStep[] = [];
      const onStep = (at: InstallStep): void => {
        steps.push(at);
        if (at === step) {
          cancel.abort();
        }
      };
      await expect(
        kernel.install(newer, { grants: 'all', signal: cancel.signal, onStep }),
      ).rejects.toMatchObject({ code: 'install-cancelled' });
      expect(steps).toContain(step);
      expect(await installed(dataDir)).toEqual(before);
      expect(kernel.capsules()).toMatchObject([{ id: 'loop', version: '0.1.0' }]);
      const ticks = (): number => events.filter((event) => event.kind === 'guest-log').length;
      const after = ticks();
      await expect.poll(ticks).toBeGreaterThan(after);
    },
  );

  it('by its token is undone when that resolves, whether its hook waits or computes', async () => {
    const { kernel, dataDir, events } = await startKernel();
    const first = await begin(kernel, guestFolder('slow-install'));
    await first.reached('running-hook');
    await kernel.cancelInstall(first.token);
    expect(kernel.capsules()).toEqual([]);
    expect(await installed(dataDir)).toEqual([]);
    await expect(first.ended).resolves.toMatchObject({ code: 'install-cancelled' });
    expect(first.steps).toEqual(['preparing', 'copying', 'running-hook', 'rolling-back']);

    await kernel.install(await guestCopy('trap', { '"trap"': '"slow-install"' }), { grants: 'all' });
    const second = await begin(kernel, await slowVersion('0.2.0'));
    await second.reached('running-hook');
    await kernel.cancelInstall(second.token);
    await expect(second.ended).resolves.toMatchObject({ code: 'install-cancelled' });
    expect(second.steps).toEqual(['preparing', 'stopping', 'copying', 'running-hook', 'rolling-back']);
    expect(kernel.capsules()).toMatchObject([{ id: 'slow-install', version: '0.1.0' }]);
    // What windows show, too.
    expect(events.filter(({ kind }) => kind === 'capsule').at(-1)).toMatchObject({
      capsule: { version: '0.1.0', state: 'ready' },
    });
    await expect(kernel.confirm(second.token, 'all')).rejects.toMatchObject({ code: 'inspection-gone' });
  });

  it('while it waits for another change does not touch the capsule, nor that change', async () => {
    const { kernel, dataDir } = await startKernel();
    const slow = await begin(kernel, guestFolder('slow-install'));
    await slow.reached('running-hook');
    const next = await begin(kernel, await slowVersion('0.2.0'));
    await next.reached('waiting');
    await kernel.cancelInstall(next.token);
    await expect(next.ended).resolves.toMatchObject({ code: 'install-cancelled' });
    expect(next.steps).toEqual(['preparing', 'waiting']);
    expect(slow.steps).toEqual(['preparing', 'copying', 'running-hook']);
    await kernel.cancelInstall(slow.token);
    expect(await installed(dataDir)).toEqual([]);
  });

  it('while its component is prepared does not wait for that', async () => {
    const { kernel, dataDir } = await startKernel();
    const folder = await guestCopy('trap');
    const file = join(folder, 'build', 'trap.wasm');
    // A custom section makes it another component, which nobody has prepared.
    await appendFile(file, Uint8Array.from([0, 2, 1, 0x78]));
    const prepared = async (): Promise<number> => (await readdir(join(dataDir, 'transpiled'))).length;
    const before = await prepared();
    const cancel = new AbortController();
    const install = kernel.install(folder, {
      grants: 'all',
      signal: cancel.signal,
      onStep: () => cancel.abort(),
    });
    await expect(install).rejects.toMatchObject({ code: 'install-cancelled' });
    // It goes on by itself, and is there for the next time.
    expect(await prepared()).toBe(before);
    await expect.poll(prepared).toBe(before + 1);
    await expect(kernel.install(folder, { grants: 'all' })).resolves.toMatchObject({ id: 'trap' });
  });

  it('before it has begun does nothing', async () => {
    const { kernel, dataDir } = await startKernel();
    const install = kernel.install(guestFolder('trap'), { grants: 'all', signal: AbortSignal.abort() });
    await expect(install).rejects.toMatchObject({ code: 'install-cancelled' });
    expect(await installed(dataDir)).toEqual([]);
  });

  it('spoils no other that has the same component', async () => {
    const { kernel } = await startKernel();
    const names = ['one', 'two', 'three', 'four'];
    const folders = await Promise.all(names.map((name) => guestCopy('trap', { '"trap"': `"${name}"` })));
    const cancels = names.map(() => new AbortController());
    const ends = await Promise.allSettled(
      folders.map((folder, index) =>
        kernel.install(folder, {
          grants: 'all',
          signal: cancels[index]?.signal,
          onStep: (step) => (step === 'copying' && index % 2 === 0 ? cancels[index]?.abort() : undefined),
        }),
      ),
    );
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    for (const capsule of ['two', 'four']) {
      await expect(kernel.invoke({ capsule, action: 'ping' })).resolves.toMatchObject({ refused: false });
    }
  });
});

describe('an installation', () => {
  it('goes on when a listener for its steps throws, and is undone all the same', async () => {
    const { kernel, dataDir, reported } = await startKernel();
    const onStep = (): never => {
      throw new Error('as told');
    };
    await expect(kernel.install(guestFolder('trap'), { grants: [], onStep })).resolves.toMatchObject({
      id: 'trap',
    });
    const before = await installed(dataDir);
    const bad = await guestCopy('bad-install', { '"bad-install"': '"trap"' });
    await expect(kernel.install(bad, { grants: [], onStep })).rejects.toMatchObject({
      code: 'guest-trapped',
    });
    expect(await installed(dataDir)).toEqual(before);
    expect(reported.every((line) => line.includes('as told'))).toBe(true);
    expect(reported).not.toEqual([]);
  });

  it('that was decided before another version came does not replace that one', async () => {
    const { kernel } = await startKernel();
    const { token } = await kernel.inspect(guestFolder('trap'));
    await kernel.install(await guestCopy('trap', { '0.1.0': '9.9.9' }), { grants: [] });
    await expect(kernel.confirm(token, 'all')).rejects.toMatchObject({ code: 'inspection-outdated' });
    expect(kernel.capsules()).toMatchObject([{ version: '9.9.9' }]);
    const { token: later } = await kernel.inspect(guestFolder('trap'));
    // That it was disabled meanwhile makes it no other version.
    await kernel.setEnabled('trap', false);
    await expect(kernel.confirm(later, 'all')).resolves.toMatchObject({ version: '0.1.0', enabled: false });
  });

  it('that fails over a capsule that cannot be read leaves that one in sight', async () => {
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    await first.kernel.install(guestFolder('trap'), { grants: [] });
    await first.kernel.dispose();
    await writeFile(join(dataDir, 'capsules', 'trap', 'install.json'), '{}');
    const { kernel, events } = await openKernel(dataDir);
    const bad = await guestCopy('bad-install', { '"bad-install"': '"trap"' });
    await expect(kernel.install(bad, { grants: [] })).rejects.toMatchObject({ code: 'guest-trapped' });
    expect(kernel.capsules()).toMatchObject([{ id: 'trap', state: 'failed' }]);
    const told = events.filter(({ kind }) => kind === 'capsule' || kind === 'capsule-removed');
    expect(told.at(-1)).toMatchObject({ kind: 'capsule', capsule: { id: 'trap', state: 'failed' } });
    await kernel.dispose();
  });
});

describe('a capsule whose hook does not return', () => {
  it('keeps no other capsule from being changed', async () => {
    const { kernel } = await startKernel();
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const slow = await begin(kernel, guestFolder('slow-install'));
    await slow.reached('running-hook');
    await expect(kernel.setEnabled('probe', false)).resolves.toMatchObject({ state: 'disabled' });
    await expect(kernel.setEnabled('probe', true)).resolves.toMatchObject({ state: 'ready' });
    await expect(
      kernel.install(await guestCopy('probe', { '0.1.0': '0.2.0' }), { grants: 'all' }),
    ).resolves.toMatchObject({ version: '0.2.0' });
    await expect(probeIn(kernel).ok('process.spawn', [shell('echo hello')])).resolves.toMatchObject({
      stdout: 'hello\n',
    });
    await kernel.remove('probe');
    await kernel.cancelInstall(slow.token);
    await slow.ended;
  });

  it('is removed at once, and what waits for it goes on', async () => {
    const { kernel } = await startKernel();
    const slow = await begin(kernel, guestFolder('slow-install'));
    await slow.reached('running-hook');
    await kernel.remove('slow-install');
    await expect(slow.ended).resolves.toMatchObject({ code: 'install-cancelled' });
    expect(kernel.capsules()).toEqual([]);
    await expect(kernel.remove('slow-install')).rejects.toMatchObject({ code: 'capsule-not-found' });

    const again = await begin(kernel, guestFolder('slow-install'));
    await again.reached('running-hook');
    const next = await begin(kernel, await guestCopy('trap', { '"trap"': '"slow-install"' }));
    await next.reached('waiting');
    await kernel.cancelInstall(again.token);
    await expect(next.ended).resolves.toMatchObject({
      id: 'slow-install',
      description: expect.stringContaining('trap'),
    });
  });
});
