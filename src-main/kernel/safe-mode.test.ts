import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Kernel } from '../contract/kernel.ts';
import { exampleFolder, guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel, WORKER_FOLDER, type KernelUnderTest } from '../testing/kernel.ts';
import { runKernelProgram } from '../testing/kernel-program.ts';
import { listing } from '../testing/temporary-folder.ts';
import { createKernel } from './kernel.ts';

/** A data folder with a capsule that has a run loop and one that has none, left by an ordinary end. */
async function withCapsules(): Promise<string> {
  const dataDir = await dataFolder();
  const { kernel } = await openKernel(dataDir);
  await kernel.install(guestFolder('loop'), { grants: 'all' });
  await kernel.install(guestFolder('trap'), { grants: 'all' });
  await kernel.dispose();
  return dataDir;
}

/** A session that is killed once the run loop is up: nothing is starting any more. */
async function killedEarly(dataDir: string): Promise<void> {
  const before = `let marked = false;
    afterRename((to, text) => {
      marked ||= to.endsWith('starting.json') && text.includes('loop');
      if (marked && text.includes('"starting":[]')) kill();
    });`;
  expect((await runKernelProgram({ dataDir, before })).signal).toBe('SIGKILL');
}

async function killedAtOnce(dataDir: string): Promise<void> {
  expect((await runKernelProgram({ dataDir, run: 'kill();' })).signal).toBe('SIGKILL');
}

/** A session that is killed when the minute after its start is over; it comes at once. */
async function killedLate(dataDir: string): Promise<void> {
  const before = `
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (run, ms, ...more) => setTimeout(run, ms === 60_000 ? 1 : ms, ...more);
    afterRename((to, text) => to.endsWith('session.json') && text.includes('settled') && kill());`;
  expect((await runKernelProgram({ dataDir, before })).signal).toBe('SIGKILL');
}

async function open(dataDir: string): Promise<KernelUnderTest> {
  const opened = await openKernel(dataDir);
  onTestFinished(() => opened.kernel.dispose());
  return opened;
}

async function safeModeOf(dataDir: string): Promise<string | null> {
  const { kernel } = await openKernel(dataDir);
  const { safeMode } = kernel.about();
  await kernel.dispose();
  return safeMode;
}

async function inSafeMode(dataDir: string, bundled: readonly string[] = []): Promise<Kernel> {
  const kernel = await createKernel({
    dataDir,
    version: '0',
    electronVersion: null,
    workerFolder: WORKER_FOLDER,
    safeMode: true,
    bundled,
  });
  onTestFinished(() => kernel.dispose());
  return kernel;
}

describe('safe mode', () => {
  it('is how the third session begins when two were killed within a minute of their start', async () => {
    const dataDir = await withCapsules();
    await killedEarly(dataDir);
    await killedEarly(dataDir);
    const { kernel, reported, audit } = await open(dataDir);
    expect(kernel.about().safeMode).toBe('unexpected-ends');
    expect(reported).toEqual(['safe mode: 2 unexpected ends in a row']);
    expect(kernel.capsules()).toMatchObject([
      { id: 'loop', enabled: true, state: 'not-started', instances: [] },
      { id: 'trap', enabled: true, state: 'not-started', instances: [] },
    ]);
    const refusal = { code: 'safe-mode', hint: expect.stringContaining('restart') };
    await expect(kernel.setEnabled('loop', true)).rejects.toMatchObject(refusal);
    await expect(kernel.invoke({ capsule: 'trap', action: 'ping' })).rejects.toMatchObject(refusal);
    await expect(kernel.install(guestFolder('denied'), { grants: [] })).rejects.toMatchObject(refusal);
    const { token } = await kernel.inspect(guestFolder('denied'));
    await expect(kernel.confirm(token, [])).rejects.toMatchObject(refusal);
    await expect
      .poll(async () => (await audit()).filter(({ reason }) => reason === 'safe-mode').length)
      .toBe(3);
    await expect(kernel.setEnabled('trap', false)).resolves.toMatchObject({ state: 'disabled' });
    await kernel.remove('loop');
    expect(kernel.capsules()).toMatchObject([{ id: 'trap', enabled: false }]);
  });

  it('ends with an ordinary end, and everything starts again', async () => {
    const dataDir = await withCapsules();
    await killedAtOnce(dataDir);
    await killedAtOnce(dataDir);
    await expect(safeModeOf(dataDir)).resolves.toBe('unexpected-ends');
    const { kernel } = await open(dataDir);
    expect(kernel.about().safeMode).toBeNull();
    await kernel.setEnabled('loop', true);
    await expect.poll(() => kernel.capsules()[0]).toMatchObject({ id: 'loop', state: 'running' });
  });

  it.each<[string, string | null, readonly ((dataDir: string) => Promise<void>)[]]>([
    ['one was killed early', null, [killedAtOnce]],
    ['the second lived for a minute', null, [killedAtOnce, killedLate]],
    ['the first lived for a minute', null, [killedLate, killedAtOnce]],
    [
      'an ordinary end was between them',
      null,
      [killedAtOnce, async (dir) => void (await safeModeOf(dir)), killedAtOnce],
    ],
    [
      'the one in safe mode was killed early too',
      'unexpected-ends',
      [killedAtOnce, killedAtOnce, killedAtOnce],
    ],
    ['the one in safe mode lived for a minute', null, [killedAtOnce, killedAtOnce, killedLate]],
    ['they were killed before anything started', 'unexpected-ends', [killedAtRecord, killedAtRecord]],
  ])('when %s: %s', async (_name, expected, sessions) => {
    const dataDir = await dataFolder();
    for (const session of sessions) {
      await session(dataDir);
    }
    await expect(safeModeOf(dataDir)).resolves.toBe(expected);
  });

  it('can be requested, touches no component, and installs nothing that ships with the application', async () => {
    const dataDir = await withCapsules();
    // Whatever read it would tell.
    const components = join(dataDir, 'components');
    for (const name of await readdir(components)) {
      await writeFile(join(components, name), 'no component');
    }
    const stale = join(dataDir, 'transpiled', `${'a'.repeat(64)}-another-recipe`);
    await mkdir(stale);
    await writeFile(join(dataDir, 'bundled.json'), '{"files":["one"],"hashes":[],"ids":[]}');
    const before = await listing(join(dataDir, 'transpiled'));
    const bundled = join(exampleFolder('runner'), 'build', 'runner.capsule');
    const kernel = await inSafeMode(dataDir, [bundled]);
    expect(kernel.about().safeMode).toBe('requested');
    expect(kernel.capsules()).toMatchObject([
      { id: 'loop', state: 'not-started', stateReason: 'Not started: Capsule Desktop is in safe mode.' },
      { id: 'trap', state: 'not-started' },
    ]);
    await kernel.dispose();
    await expect(listing(join(dataDir, 'transpiled'))).resolves.toEqual(before);
    await expect(readFile(join(dataDir, 'bundled.json'), 'utf8')).resolves.toContain('"one"');
  });

  it('disables what was starting, too', async () => {
    const dataDir = await withCapsules();
    const run = `events((event) => event.kind === 'guest-log' && kill());`;
    await runKernelProgram({ dataDir, run });
    const kernel = await inSafeMode(dataDir);
    expect(kernel.capsules()).toMatchObject([
      { id: 'loop', disabledAfterUnexpectedEnd: true },
      { id: 'trap', disabledAfterUnexpectedEnd: false },
    ]);
  });

  it('does not depend on the disk: a session whose records it refuses runs, and says so once for each', async () => {
    const dataDir = await withCapsules();
    await killedAtOnce(dataDir);
    const refused = await runKernelProgram({
      dataDir,
      before: `
        const refuse = (path) => {
          if (/(session|starting)\\.json/.test(path)) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
        };
        for (const [module, name] of [['node:fs/promises', 'open'], ['node:fs', 'writeFileSync']]) {
          const files = process.getBuiltinModule(module);
          const real = files[name];
          // To read is no matter.
          files[name] = (path, ...more) => (more[0] !== 'wx' && more[1]?.flag !== 'wx' ? undefined : refuse(path), real(path, ...more));
        }
        process.getBuiltinModule('node:module').syncBuiltinESMExports();`,
      run: `await new Promise((resolve) => events((event) => event.kind === 'guest-log' && resolve()));
        await kernel.dispose();`,
    });
    const lines = refused.output.split('\n').filter((line) => line.includes('cannot be written'));
    expect(refused.signal).toBeNull();
    expect(lines).toEqual([
      expect.stringMatching(/^The session record cannot be written; .* ENOSPC/),
      expect.stringMatching(/^The record of starting capsules cannot be written; .* ENOSPC/),
    ]);
    // What the record said before counts: one early end.
    await expect(safeModeOf(dataDir)).resolves.toBeNull();
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['is damaged', (path) => writeFile(path, 'no component')],
    ['is empty', (path) => truncate(path, 0)],
    ['has four gigabytes', (path) => truncate(path, 4 * 1024 ** 3)],
  ])('removes a capsule whose component %s', async (_name, spoil) => {
    const dataDir = await withCapsules();
    const components = join(dataDir, 'components');
    for (const name of await readdir(components)) {
      await spoil(join(components, name));
    }
    const kernel = await inSafeMode(dataDir);
    await kernel.remove('loop');
    await kernel.remove('trap');
    await expect(readdir(components)).resolves.toEqual([]);
    await expect(readdir(join(dataDir, 'capsules'))).resolves.toEqual([]);
  });
});

async function killedAtRecord(dataDir: string): Promise<void> {
  const before = `afterRename((to) => to.endsWith('session.json') && kill());`;
  expect((await runKernelProgram({ dataDir, before })).signal).toBe('SIGKILL');
}
