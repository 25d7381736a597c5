import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../contract/kernel.ts';
import { probeIn, shell } from '../host/testing.ts';
import { guestCopy, guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel, startKernel } from '../testing/kernel.ts';
import { listing, temporaryFolder } from '../testing/temporary-folder.ts';

/** Every method of the kernel but `dispose`, as the window or a program might call it too late. */
const METHODS: { readonly [Name in Exclude<keyof Kernel, 'dispose'>]: (kernel: Kernel) => unknown } = {
  inspect: (kernel) => kernel.inspect(guestFolder('trap')),
  confirm: (kernel) => kernel.confirm('no-such-token', 'all'),
  cancelInstall: (kernel) => kernel.cancelInstall('no-such-token'),
  install: (kernel) => kernel.install(guestFolder('trap'), { grants: 'all' }),
  remove: (kernel) => kernel.remove('spinner'),
  setEnabled: (kernel) => kernel.setEnabled('spinner', false),
  capsules: (kernel) => kernel.capsules(),
  invoke: (kernel) => kernel.invoke({ capsule: 'spinner', action: 'spin' }),
  processes: (kernel) => kernel.processes(),
  command: (kernel) => kernel.command('no-such-key'),
  readLogs: (kernel) => kernel.readLogs('no-such-key', 'stdout', null, 1),
  signal: (kernel) => kernel.signal('no-such-key', 'term'),
  stop: (kernel) => kernel.stop('no-such-key'),
  cancelStop: (kernel) => kernel.cancelStop('no-such-key'),
  kill: (kernel) => kernel.kill('no-such-key'),
  release: (kernel) => kernel.release('no-such-key'),
  about: (kernel) => kernel.about(),
  subscribe: (kernel) => kernel.subscribe(() => undefined),
};

describe('a kernel that has ended', () => {
  it('refuses everything with one error, and changes nothing', async () => {
    const { kernel, dataDir } = await openKernel(await dataFolder());
    await kernel.install(guestFolder('spinner'), { grants: 'all' });
    await kernel.dispose();
    const before = await listing(dataDir);
    const audit = await readFile(join(dataDir, 'audit', 'audit.jsonl'), 'utf8');
    for (const [name, call] of Object.entries(METHODS)) {
      const answer = await (async () => call(kernel))().catch((error: unknown) => error);
      expect([name, answer]).toEqual([name, expect.objectContaining({ code: 'kernel-disposed' })]);
    }
    await expect(kernel.dispose()).resolves.toBeUndefined();
    expect(await listing(dataDir)).toEqual(before);
    await expect(readFile(join(dataDir, 'audit', 'audit.jsonl'), 'utf8')).resolves.toBe(audit);
  });
});

describe('a kernel that is ending', () => {
  it('lets an inspection end and leaves nothing of it, and begins no change that waited', async () => {
    const { kernel, dataDir } = await openKernel(await dataFolder());
    const { token } = await kernel.inspect(guestFolder('flood'));
    const inspecting = kernel.inspect(guestFolder('probe')).catch((error: unknown) => error);
    const installing = Promise.allSettled([
      kernel.install(guestFolder('trap'), { grants: 'all' }),
      kernel.install(guestFolder('spinner'), { grants: 'all' }),
      kernel.confirm(token, 'all'),
    ]);
    const disposal = kernel.dispose();
    expect(kernel.capsules()).toEqual([]);
    await expect(kernel.inspect(guestFolder('trap'))).rejects.toMatchObject({ code: 'kernel-disposed' });
    await disposal;
    await inspecting;
    for (const { status } of await installing) {
      expect(status).toBe('rejected');
    }
    await expect(access(join(dataDir, 'inspections'))).rejects.toThrow('ENOENT');
    expect((await listing(dataDir)).filter((name) => /^(capsules|components)\/./.test(name))).toEqual([]);
  });
});

describe('many installations at once', () => {
  it('all succeed: none pushes out what another has looked at', async () => {
    const { kernel } = await startKernel();
    const names = Array.from({ length: 12 }, (_, n) => `trap-${n}`);
    const folders = await Promise.all(names.map((name) => guestCopy('trap', { '"trap"': `"${name}"` })));
    await Promise.all(folders.map((folder) => kernel.install(folder, { grants: 'all' })));
    expect(kernel.capsules().map(({ id }) => id)).toEqual([...names].sort());
  });

  it('keep a plan that was confirmed and waits, whatever is looked at meanwhile', async () => {
    const { kernel, dataDir } = await startKernel();
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const deaf = shell('trap "" TERM INT HUP; while :; do sleep 0.01; done');
    await probeIn(kernel).ok('process.spawnPersistent', [deaf]);
    const first = await kernel.inspect(guestFolder('trap'));
    // Waits for a program that no TERM ends.
    const busy = kernel.remove('probe');
    const confirmed = kernel.confirm(first.token, 'all');
    const plans = Array.from({ length: 10 }, () => kernel.inspect(guestFolder('flood')));
    await Promise.all(plans);
    kernel.kill(kernel.processes()[0]?.key ?? '');
    await expect(confirmed).resolves.toMatchObject({ id: 'trap' });
    await busy;
    await expect(kernel.confirm(first.token, 'all')).rejects.toMatchObject({ code: 'inspection-gone' });
    // The latest eight plans; nothing of what was installed.
    expect((await listing(join(dataDir, 'inspections'))).filter((name) => !name.includes('/'))).toHaveLength(
      8,
    );
    await expect(kernel.inspect(join(await temporaryFolder(), 'none'))).rejects.toMatchObject({
      code: 'source-missing',
    });
  });
});
