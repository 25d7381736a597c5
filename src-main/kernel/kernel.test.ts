import { execFile } from 'node:child_process';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { probeIn, shell } from '../host/testing.ts';
import { guestFolder } from '../testing/guests.ts';
import { aliveByEvents, dataFolder, openKernel, startKernel, WORKER_FOLDER } from '../testing/kernel.ts';
import { readAudit } from '../testing/read-audit.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

const parse = (data: string | null): unknown => JSON.parse(data ?? 'null') as unknown;

const DENIED = { tag: 'capability-denied' };

/** Command lines of all programs on this machine. */
async function commandLines(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.join('\n').replaceAll('\0', ' ');
}

describe('a guest without the right to start processes', () => {
  it.each([
    ['because its manifest does not ask for it', 'denied', 'all'],
    ['because nobody granted it', 'probe', []],
    ['because only the other right was granted', 'probe', ['allow_persistent']],
  ] as const)(
    'is refused in all three ways %s; each is recorded once and nothing starts',
    async (_name, guest, grants) => {
      const { kernel, dataDir, events } = await startKernel();
      await kernel.install(guestFolder(guest), { grants });
      const marker = `denied-${Math.random().toString(36).slice(2)}`;
      if (guest === 'denied') {
        const { data } = await kernel.invoke({
          capsule: 'denied',
          action: 'try',
          payload: JSON.stringify({ cmd: 'sleep', args: [`${marker.length}00`, marker] }),
        });
        expect(parse(data)).toEqual({ spawn: DENIED, background: DENIED, persistent: DENIED });
      } else {
        const probe = probeIn(kernel);
        for (const fn of ['spawn', 'spawnBackground', 'spawnPersistent']) {
          await expect(probe.ask(`process.${fn}`, [shell(`sleep 77 # ${marker}`)])).resolves.toEqual({
            err: DENIED,
          });
        }
      }
      expect(kernel.processes()).toEqual([]);
      expect(events.filter(({ kind }) => kind === 'process')).toEqual([]);
      expect(await commandLines()).not.toContain(marker);
      const ofGuest = async () => (await readAudit(dataDir)).filter(({ capsule }) => capsule === guest);
      await expect.poll(ofGuest).toHaveLength(3);
      expect((await ofGuest()).map(({ action, outcome, reason }) => ({ action, outcome, reason }))).toEqual(
        ['spawn', 'spawn-background', 'spawn-persistent'].map((fn) => ({
          action: `astrid:process/host@1.0.0#${fn}`,
          outcome: 'denied',
          reason: 'host_process does not cover the command',
        })),
      );
      // Not even its folder was made.
      await expect(access(join(dataDir, 'workspaces', 'default', guest))).rejects.toThrow('ENOENT');
    },
  );

  it('that may start processes but no persistent ones is refused only those', async () => {
    const { kernel } = await startKernel();
    await kernel.install(guestFolder('probe'), { grants: ['host_process'] });
    const probe = probeIn(kernel);
    await expect(probe.errOf('process.spawnPersistent', [shell('true')])).resolves.toBe('capability-denied');
    await expect(probe.ok('process.spawn', [shell('true')])).resolves.toMatchObject({
      exit: { exitCode: 0 },
    });
    await expect(probe.ok('sys.enumerateCapabilities')).resolves.toEqual(['host_process']);
  });
});

describe('a guest that imports every host interface', () => {
  it('starts, gets answers of what is built and the interface’s own unknown of what is not', async () => {
    const { kernel, reported, audit } = await startKernel();
    await kernel.install(guestFolder('stubs'), { grants: 'all' });
    const { data } = await kernel.invoke({ capsule: 'stubs', action: 'call' });
    const unavailable = (name: string): object => ({
      err: { tag: 'unknown', val: `${name} is not available in this version of Capsule Desktop.` },
    });
    expect(parse(data)).toEqual({
      'approval@1.0.0': unavailable('astrid:approval/host@1.0.0'),
      'elicit@1.0.0': unavailable('astrid:elicit/host@1.0.0'),
      'fs@1.0.0': unavailable('astrid:fs/host@1.0.0'),
      'http@1.0.0': unavailable('astrid:http/host@1.0.0'),
      'identity@1.0.0': unavailable('astrid:identity/host@1.0.0'),
      'io@1.0.0': { err: { tag: 'invalid-input' } },
      'ipc@1.0.0': unavailable('Publishing (astrid:ipc/host@1.0.0)'),
      'kv@1.0.0': unavailable('astrid:kv/host@1.0.0'),
      'net@1.0.0': unavailable('astrid:net/host@1.0.0'),
      'process@1.0.0': { err: { tag: 'no-such-process' } },
      'sys@1.0.0': { ok: null },
      'uplink@1.0.0': unavailable('astrid:uplink/host@1.0.0'),
    });
    expect(reported).toEqual([]);
    expect((await audit()).filter(({ outcome }) => outcome === 'denied')).toEqual([]);
  });
});

describe('the operator', () => {
  it('is in the audit with every act, but not with one that came to nothing', async () => {
    const { kernel, audit } = await startKernel();
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    const probe = probeIn(kernel);
    await probe.ok('process.spawnPersistent', [shell('trap "" TERM; while :; do sleep 0.05; done')]);
    const [{ key } = { key: '' }] = kernel.processes();
    await kernel.signal(key, 'cont');
    await kernel.stop(key, 0);
    kernel.release(key);
    for (const act of [() => kernel.signal(key, 'term'), () => kernel.kill(key), () => kernel.release(key)]) {
      await expect((async () => act())()).rejects.toMatchObject({ code: 'no-such-process' });
    }
    await expect(kernel.stop(key)).rejects.toMatchObject({ code: 'no-such-process' });
    await kernel.setEnabled('probe', false);
    await kernel.setEnabled('probe', true);
    await kernel.remove('probe');
    const acts = async () => (await audit()).filter(({ principal }) => principal === 'operator');
    await expect
      .poll(async () => (await acts()).map(({ action }) => action))
      .toEqual([
        'operator#install',
        'operator#signal cont',
        'operator#stop',
        'operator#release',
        'operator#disable',
        'operator#enable',
        'operator#remove',
      ]);
    expect((await acts())[0]?.target).toMatch(
      /^probe 0\.1\.0 [0-9a-f]{64} granted allow_persistent,host_process$/,
    );
  });

  it('learns what the kernel stands on', async () => {
    const { kernel, dataDir } = await startKernel();
    await expect
      .poll(() => kernel.about())
      .toEqual({
        version: '0.0.0',
        build: null,
        electron: null,
        node: process.versions.node,
        dataDir,
        safeMode: null,
        sandbox: { ok: true, detail: expect.stringMatching(/^bubblewrap, \//), fix: '' },
      });
  });
});

describe('a listener that throws', () => {
  it('is reported, and neither the others nor the kernel miss anything', async () => {
    const { kernel, reported } = await startKernel();
    const heard: string[] = [];
    kernel.subscribe(() => {
      throw new Error('not today');
    });
    kernel.subscribe(({ kind }) => heard.push(kind));
    await kernel.install(guestFolder('trap'), { grants: 'all' });
    await expect(kernel.invoke({ capsule: 'trap', action: 'throw' })).rejects.toMatchObject({
      code: 'guest-trapped',
    });
    await expect.poll(() => kernel.capsules()[0]?.instances).toEqual([]);
    await kernel.remove('trap');
    await kernel.dispose();
    expect(heard).toContain('capsule');
    expect(heard.at(-1)).toBe('capsule-removed');
    expect(reported).toHaveLength(heard.length);
    expect(reported[0]).toContain('not today');
  });
});

describe('the end of the kernel', () => {
  it('ends every process and instance, flushes the audit, and keeps the workspaces', async () => {
    const dataDir = await dataFolder();
    const { kernel, events } = await openKernel(dataDir);
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    await kernel.install(guestFolder('loop'), { grants: 'all' });
    const probe = probeIn(kernel);
    const marker = `end-${Math.random().toString(36).slice(2)}`;
    await probe.ok('process.spawn', [shell('echo kept > note.txt')]);
    await probe.ok('process.spawnPersistent', [
      shell(`trap "" TERM; while :; do sleep 0.1; done # ${marker}`),
    ]);
    await probe.ok('process.spawnBackground', [shell(`sleep 100 # ${marker}`)]);
    const waiting = probe
      .ask('process.spawn', [shell(`sleep 100 # ${marker}`)], { principal: 'anna' })
      .catch((error: unknown) => error);
    await expect.poll(() => kernel.processes().filter(({ phase }) => phase === 'running')).toHaveLength(3);
    expect(aliveByEvents(events)).not.toEqual([]);
    await Promise.all([kernel.dispose(), kernel.dispose()]);
    await expect(waiting).resolves.toMatchObject({ code: 'invocation-cancelled' });
    expect(await commandLines()).not.toContain(marker);
    expect(aliveByEvents(events)).toEqual([]);
    await expect(readFile(join(dataDir, 'workspaces', 'default', 'probe', 'note.txt'), 'utf8')).resolves.toBe(
      'kept\n',
    );
    await expect(access(join(dataDir, 'inspections'))).rejects.toThrow('ENOENT');
    expect((await readAudit(dataDir)).filter(({ action }) => action.includes('#spawn'))).toHaveLength(4);
  });

  it('is final: nothing starts afterwards', async () => {
    const { kernel } = await openKernel(await dataFolder());
    await kernel.install(guestFolder('probe'), { grants: 'all' });
    await kernel.dispose();
    await expect(kernel.invoke({ capsule: 'probe', action: 'sys.clockMs' })).rejects.toMatchObject({
      code: 'kernel-disposed',
    });
  });

  it('leaves nothing behind that keeps a program alive', async () => {
    // A program of its own, which ends by itself only when no worker, timer or child is left.
    const program = `
      import { createKernel } from ${JSON.stringify(join(WORKER_FOLDER, 'index.js'))};
      const kernel = await createKernel({ dataDir: process.argv[1], version: '0', electronVersion: null,
        workerFolder: ${JSON.stringify(WORKER_FOLDER)} });
      await kernel.install(process.argv[2], { grants: 'all' });
      await kernel.invoke({ capsule: 'probe', action: 'process.spawnPersistent',
        payload: JSON.stringify({ args: [{ cmd: 'sleep', args: ['100'], env: [] }] }) });
      await kernel.dispose();
      console.log('disposed');
    `;
    const run = promisify(execFile);
    const { stdout } = await run(
      process.execPath,
      ['--input-type=module', '--eval', program, await temporaryFolder(), guestFolder('probe')],
      { cwd: fileURLToPath(new URL('../..', import.meta.url)), timeout: 15_000 },
    );
    expect(stdout).toBe('disposed\n');
  });
});

describe('the data folder', () => {
  it.each([
    ['a file', ''],
    ['below a file', 'data'],
    ['in use by a file where a folder is needed', null],
  ])('that is %s is refused in words that a person can act on', async (_what, below) => {
    const folder = await temporaryFolder();
    const file = join(folder, below === null ? 'capsules' : 'file');
    await writeFile(file, 'kept');
    const dataDir = below === null ? folder : join(file, below);
    await expect(openKernel(dataDir)).rejects.toMatchObject({
      code: 'data-folder-unusable',
      message: expect.stringContaining(dataDir),
      hint: expect.stringContaining('folder'),
    });
    await expect(readFile(file, 'utf8')).resolves.toBe('kept');
  });

  it('is opened again as it was left: capsules, grants, switched off or on', async () => {
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    await first.kernel.install(guestFolder('probe'), { grants: ['host_process'] });
    await first.kernel.install(guestFolder('legacy'), { grants: 'all' });
    await first.kernel.setEnabled('legacy', false);
    const before = first.kernel.capsules();
    await first.kernel.dispose();
    const second = await openKernel(dataDir);
    const after = second.kernel.capsules();
    const called = await probeIn(second.kernel).ok('sys.enumerateCapabilities');
    await expect(second.kernel.invoke({ capsule: 'legacy', action: 'echo' })).rejects.toMatchObject({
      code: 'capsule-disabled',
    });
    await second.kernel.dispose();
    expect(after).toEqual(before);
    expect(called).toEqual(['host_process']);
  });
});
