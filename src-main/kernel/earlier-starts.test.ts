import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InstalledCapsule } from '../capsules/library/library.ts';
import { parseManifest } from '../capsules/manifest/manifest.ts';
import type { CapsuleView } from '../contract/views.ts';
import { capsuleView } from '../runtime/capsule/view.ts';
import type { Starting } from '../store/start-marks.ts';
import { exampleFolder, guestCopy, guestFolder } from '../testing/guests.ts';
import { dataFolder, openKernel, type KernelUnderTest } from '../testing/kernel.ts';
import { runKernelProgram, type KernelProgram } from '../testing/kernel-program.ts';
import { disableEarlierStarts } from './earlier-starts.ts';

/** What a capsule says that the application disabled. */
const WAS_STARTING = 'Disabled: it was starting when Capsule Desktop ended unexpectedly.';

/** A data folder with a capsule that has a run loop, left by an ordinary end. */
async function withLoop(): Promise<string> {
  const dataDir = await dataFolder();
  const { kernel } = await openKernel(dataDir);
  await kernel.install(guestFolder('loop'), { grants: 'all' });
  await kernel.dispose();
  return dataDir;
}

async function open(dataDir: string): Promise<KernelUnderTest> {
  const opened = await openKernel(dataDir);
  onTestFinished(() => opened.kernel.dispose());
  return opened;
}

async function killed(program: KernelProgram): Promise<void> {
  const { signal, output } = await runKernelProgram(program);
  expect([signal, output]).toEqual([expect.stringMatching(/^SIG(KILL|ABRT)$/), expect.any(String)]);
}

const stateOf = ({ kernel }: KernelUnderTest, id: string): Partial<CapsuleView> | undefined =>
  kernel.capsules().find((capsule) => capsule.id === id);

const MARKED = `to.endsWith('starting.json') && text.includes('"loop"')`;

describe('a capsule that was starting when the application died', () => {
  it.each<[string, Partial<KernelProgram>]>([
    ['its component was about to be read', { before: `afterRename((to, text) => ${MARKED} && kill());` }],
    [
      'its instance was being made',
      {
        run: `events((event) => event.kind === 'capsule' && event.capsule.instances.length > 0 && kill());`,
      },
    ],
    ['its run loop had just begun', { run: `events((event) => event.kind === 'guest-log' && kill());` }],
    [
      'its run loop had the engine abort',
      { run: `events((event) => event.kind === 'guest-log' && process.abort());` },
    ],
  ])('is disabled at the next start when %s', async (_name, program) => {
    const dataDir = await withLoop();
    await killed({ dataDir, ...program });
    const next = await open(dataDir);
    expect(stateOf(next, 'loop')).toMatchObject({
      enabled: false,
      disabledAfterUnexpectedEnd: true,
      state: 'disabled',
      stateReason: expect.stringContaining(WAS_STARTING),
      instances: [],
    });
    expect(next.reported.join('\n')).toContain('loop was starting when Capsule Desktop ended unexpectedly');
    await expect
      .poll(next.audit)
      .toContainEqual(
        expect.objectContaining({ principal: 'application', action: 'application#disable', target: 'loop' }),
      );
    await expect(kernelAnswer(next, 'loop')).rejects.toMatchObject({ code: 'capsule-disabled' });
  });

  it('stays disabled with its reason until a person enables it', async () => {
    const dataDir = await withLoop();
    await killed({ dataDir, run: `events((event) => event.kind === 'guest-log' && kill());` });
    await (await openKernel(dataDir)).kernel.dispose();
    const later = await openKernel(dataDir);
    expect(stateOf(later, 'loop')).toMatchObject({ enabled: false, disabledAfterUnexpectedEnd: true });
    await later.kernel.setEnabled('loop', true);
    await expect.poll(() => stateOf(later, 'loop')).toMatchObject({ state: 'running', enabled: true });
    await later.kernel.setEnabled('loop', false);
    expect(stateOf(later, 'loop')).toMatchObject({
      disabledAfterUnexpectedEnd: false,
      stateReason: 'Disabled.',
    });
    await later.kernel.dispose();
    await expect(readFile(join(dataDir, 'capsules', 'loop', 'install.json'), 'utf8')).resolves.not.toContain(
      'unexpected',
    );
  });

  it('keeps its reason when a person replaces it', async () => {
    const dataDir = await withLoop();
    await killed({ dataDir, run: `events((event) => event.kind === 'guest-log' && kill());` });
    const { kernel } = await open(dataDir);
    await kernel.install(await guestCopy('loop', { '0.1.0': '0.2.0' }), { grants: 'all' });
    expect(kernel.capsules()).toMatchObject([{ version: '0.2.0', disabledAfterUnexpectedEnd: true }]);
  });

  it('is left alone when it had been up for a while, and so are all others', async () => {
    const dataDir = await withLoop();
    await killed({
      dataDir,
      before: `let marked = false;
        afterRename((to, text) => { marked ||= ${MARKED}; marked && text.includes('"starting":[]') && kill(); });`,
    });
    const next = await open(dataDir);
    await expect.poll(() => stateOf(next, 'loop')).toMatchObject({ enabled: true, state: 'running' });
  });

  it('is left alone when the application died before it began', async () => {
    const dataDir = await withLoop();
    await killed({ dataDir, before: `afterRename((to) => to.endsWith('session.json') && kill());` });
    const next = await open(dataDir);
    await expect.poll(() => stateOf(next, 'loop')).toMatchObject({ enabled: true, state: 'running' });
  });

  it('is left alone when somebody had asked for the end, however that came', async () => {
    const dataDir = await withLoop();
    await killed({
      dataDir,
      run: `events((event) => event.kind === 'guest-log' && (void kernel.dispose(), kill()));`,
    });
    const next = await open(dataDir);
    expect(stateOf(next, 'loop')).toMatchObject({ enabled: true });
  });

  it('is disabled when a call made its instance, and not when the call went on', async () => {
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    await first.kernel.install(guestFolder('trap'), { grants: 'all' });
    await first.kernel.dispose();
    const run = `await kernel.invoke({ capsule: 'trap', action: 'ping' });`;
    await killed({
      dataDir,
      before: `let marked = false;
        afterRename((to, text) => { marked ||= text.includes('"trap"'); marked && text.includes('"starting":[]') && kill(); });`,
      // The call is over long before.
      run: `${run} setInterval(() => undefined, 1_000);`,
    });
    const second = await openKernel(dataDir);
    expect(stateOf(second, 'trap')).toMatchObject({ enabled: true });
    await second.kernel.dispose();
    await killed({
      dataDir,
      run: `events((event) => event.kind === 'capsule' && event.capsule.instances.length > 0 && kill()); ${run}`,
    });
    expect(stateOf(await open(dataDir), 'trap')).toMatchObject({ disabledAfterUnexpectedEnd: true });
  });
});

const NOT_LOADED = { runtime: undefined, failure: '', safeMode: false };

describe('a capsule that cannot be disabled', () => {
  const one = { id: 'one', hash: 'ab'.repeat(32) };
  const two = { id: 'two', hash: 'cd'.repeat(32) };

  it('stays marked for the next start and is reported; the others are disabled, and what is gone is settled', async () => {
    const settled: unknown[] = [];
    const reports: string[] = [];
    const acts: string[] = [];
    const gone = { id: 'gone', hash: one.hash };
    const other = { ...two, hash: one.hash };
    await disableEarlierStarts({
      starts: { left: [gone, one, two, other], settled: (starting) => void settled.push(starting) },
      library: {
        find: (id) => [one, two].flatMap((each) => (each.id === id ? [capsule(each)] : []))[0],
      },
      manager: {
        setEnabled: (id) =>
          id === 'one'
            ? Promise.reject(new Error('no space'))
            : Promise.resolve(capsuleView(capsule(two), NOT_LOADED, null)),
      },
      act: async (action, target, work) => {
        acts.push(`${action} ${target}`);
        return work();
      },
      report: (message) => void reports.push(message),
    });
    expect(acts).toEqual(['disable one', 'disable two']);
    expect(settled).toEqual([gone, two, other]);
    expect(reports.filter((line) => line.includes('could not be written'))).toEqual([
      'that one is disabled could not be written; it stays disabled in this session',
    ]);
  });
});

function capsule({ id, hash }: Starting): InstalledCapsule {
  const record = { schema: 1, hash, size: 1, imports: [], exports: [], grants: [], enabled: true } as const;
  const manifest = parseManifest(Buffer.from(`[package]\nname = "${id}"\nversion = "1.0.0"\n`));
  return { manifest, record: { ...record, installedAt: 0 } };
}

function kernelAnswer({ kernel }: KernelUnderTest, capsule: string): Promise<unknown> {
  return kernel.invoke({ capsule, action: 'anything' });
}

/** Until a new record says that all bundled capsules were looked at. */
const UNTIL_INSTALLED = {
  before: `let over; const installed = new Promise((resolve) => { over = resolve; });
    afterRename((to, text) => to.endsWith('bundled.json') && !text.includes('underWay') && over());`,
  run: 'await installed; await kernel.dispose();',
};

describe('an installation under way when the application died', () => {
  const INSTALL = `await kernel.install(args[0], { grants: 'all' });`;

  it.each<[string, string, Partial<KernelProgram>]>([
    [
      'its component was being prepared',
      'bad-install',
      {
        before: `afterRename((to, text) => to.endsWith('starting.json') && text.includes('bad') && kill());`,
        run: INSTALL,
      },
    ],
    [
      'its hook ran',
      'slow-install',
      { run: `events((event) => event.kind === 'guest-log' && kill()); ${INSTALL}` },
    ],
  ])('leaves nothing when %s, and disables nothing', async (_name, guest, program) => {
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    await first.kernel.install(guestFolder('trap'), { grants: 'all' });
    await first.kernel.dispose();
    await killed({ dataDir, ...program, args: [guestFolder(guest)] });
    const next = await open(dataDir);
    expect(next.kernel.capsules().map(({ id, enabled }) => [id, enabled])).toEqual([['trap', true]]);
    await expect(next.kernel.install(guestFolder('loop'), { grants: 'all' })).resolves.toBeDefined();
  });

  it('brings the version before back, which had done nothing', async () => {
    const dataDir = await dataFolder();
    const first = await openKernel(dataDir);
    // Another component under the same name.
    await first.kernel.install(await guestCopy('trap', { '"trap"': '"slow-install"' }), { grants: 'all' });
    await first.kernel.dispose();
    await killed({
      dataDir,
      run: `events((event) => event.kind === 'guest-log' && kill());
        await kernel.install(args[0], { grants: 'all' });`,
      args: [guestFolder('slow-install')],
    });
    const next = await open(dataDir);
    expect(next.kernel.capsules()).toMatchObject([{ id: 'slow-install', enabled: true, state: 'ready' }]);
    await expect(next.kernel.invoke({ capsule: 'slow-install', action: 'ping' })).resolves.toBeDefined();
  });

  it('of a bundled capsule is not repeated behind the person’s back; the others are installed', async () => {
    const dataDir = await dataFolder();
    const bundled = ['runner', 'repl'].map((name) => join(exampleFolder(name), 'build', `${name}.capsule`));
    await killed({
      dataDir,
      options: { bundled },
      before: `afterRename((to, text) => to.endsWith('starting.json') && text.includes('runner') && kill());`,
    });
    const second = await runKernelProgram({ dataDir, options: { bundled }, ...UNTIL_INSTALLED });
    expect(second.output).toContain('A bundled capsule was being installed');
    // Neither will be looked at again.
    await expect(readFile(join(dataDir, 'bundled.json'), 'utf8')).resolves.toMatch(
      /"runner\.capsule .*"repl\.capsule /s,
    );
    const { kernel } = await open(dataDir);
    expect(kernel.capsules().map(({ id }) => id)).toEqual(['repl']);
  });

  it('of a bundled capsule is repeated when somebody had asked for the end', async () => {
    const dataDir = await dataFolder();
    const options = { bundled: [join(exampleFolder('runner'), 'build', 'runner.capsule')] };
    const first = await runKernelProgram({
      dataDir,
      options,
      before: `let inTime; const installing = new Promise((resolve) => { inTime = resolve; });
        afterRename((to, text) => to.endsWith('starting.json') && text.includes('runner') && inTime());`,
      run: 'await installing; await kernel.dispose();',
    });
    expect(first.signal).toBeNull();
    const second = await runKernelProgram({ dataDir, options, ...UNTIL_INSTALLED });
    expect(second).toEqual({ signal: null, output: '' });
    expect((await open(dataDir)).kernel.capsules()).toMatchObject([{ id: 'runner', enabled: true }]);
  });
});
