import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../base/testing.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { OS_THREADS, makeWorkspace, script, until } from '../../os/testing.ts';
import { ResourceWatch } from '../usage/resource-watch.ts';
import { ManagedProcess } from './managed-process.ts';
import { planProcess, type ProcessSpec, type Spawn } from './spec.ts';

const spawner = new SandboxSpawner(OS_THREADS);
const { path: workspace, remove } = makeWorkspace();
const { stdin: _none, ...shell } = await script(workspace, '');
const live: ManagedProcess[] = [];
const spawn: Spawn = (spec) => spawner.spawn(spec);

afterEach(async () => {
  // Of one that was never started there is nothing to end.
  const started = live.splice(0).filter(({ phase }) => phase !== 'starting');
  await Promise.all(started.map((process) => process.kill('killed')));
});
afterAll(async () => {
  await spawner.dispose();
  remove();
});

function make(text: string, more: Partial<ProcessSpec> = {}) {
  const clock = fakeClock();
  let changes = 0;
  const process = new ManagedProcess({
    ...{ id: 'id', key: 'key', owner: { capsule: 'c', principal: 'p', call: null }, tier: 'persistent' },
    plan: planProcess({ ...shell, args: ['-c', text], ...more }, 'persistent'),
    clock,
    limits: new ResourceWatch(),
    onChange: () => (changes += 1),
  });
  live.push(process);
  return { process, clock, changes: () => changes };
}

async function started(text: string, more: Partial<ProcessSpec> = {}) {
  const made = make(text, more);
  await made.process.start(spawn);
  return made;
}

const heard = (process: ManagedProcess, bytes: number) => (): boolean =>
  process.view().stdout.produced >= bytes;

describe('the start of a process', () => {
  it('that fails is its end, and says why it was not wanted any more', async () => {
    const failure = new Error('no such program');
    for (const reason of ['self', 'cancelled'] as const) {
      const { process, changes } = make('');
      expect([process.phase, process.live, process.exit]).toEqual(['starting', true, null]);
      const starting = process.start(() => Promise.reject(failure));
      if (reason === 'cancelled') {
        void process.cancel();
      }
      await expect(starting).rejects.toBe(failure);
      const exit = { code: null, signal: null, reason };
      expect([process.phase, process.live, process.exit, await process.exited]).toEqual([
        ...['exited', false, exit, exit],
      ]);
      expect(changes()).toBeGreaterThan(0);
    }
  });

  it('is told, and what it was asked meanwhile reaches the program: a stop politely, a kill at once', async () => {
    const stopped = make('trap "exit 5" TERM; sleep 100 & wait');
    const plain = await started('sleep 100');
    expect([plain.process.phase, plain.changes()]).toEqual(['running', 1]);
    const starting = stopped.process.start(spawn);
    const stopping = stopped.process.stop(20_000, 'unloaded');
    expect(stopped.process.view().stop).toMatchObject({ step: 'term', revocable: false });
    await starting;
    // A shell that has not set its trap yet ends by the signal.
    expect(await stopping).toMatchObject({ reason: 'unloaded' });
    const killed = make('trap "" TERM; sleep 100');
    const beginning = killed.process.start(spawn);
    const killing = killed.process.kill('killed');
    await beginning;
    expect(await killing).toEqual({ code: null, signal: 9, reason: 'killed' });
  });
});

describe('the output of a process', () => {
  it('is told stream by stream, is readable once it came or cannot come any more, and can be given up', async () => {
    const { process, changes } = await started('read a; echo out; read b; echo err >&2; exit 0', {
      keepStdinOpen: true,
    });
    const streams = new Set<string>();
    process.onOutput((stream) => streams.add(stream));
    expect(process.readable).toBe(false);
    await process.writeStdin(Buffer.from('\n'));
    await until(heard(process, 4));
    expect([[...streams], process.readable, process.retainedBytes]).toEqual([['stdout'], true, 4]);
    expect(await process.drainText('stdout', 99)).toBe('out\n');
    expect(process.readable).toBe(false);
    await process.writeStdin(Buffer.from('\n'));
    await process.exited;
    expect([[...streams].toSorted(), process.retainedBytes]).toEqual([['stderr', 'stdout'], 8]);
    expect(await process.drainText('stderr', 99)).toBe('err\n');
    // Both have ended: a guest that waits for output learns so.
    expect(process.readable).toBe(true);
    const before = changes();
    process.discardOutput();
    expect([process.retainedBytes, changes()]).toEqual([0, before + 1]);
    expect(process.output('stdout').readAt(0, 9)).toMatchObject({ lost: 4, next: 4, end: true });
  });
});

describe('the input of a process', () => {
  it('that was not kept open takes nothing, and says how it would', async () => {
    const { process } = await started('cat; sleep 100');
    await expect(process.writeStdin(Buffer.from('x'))).rejects.toMatchObject({
      code: 'closed',
      hint: expect.stringContaining('keep-stdin-open') as string,
    });
    expect(process.view().stdinOpen).toBe(false);
    process.closeStdin();
  });

  it('may be larger than what the program wants of it', async () => {
    const { process } = await started('head -c 3', { stdin: Buffer.alloc(4 * 1024 * 1024, 'abc') });
    expect(await process.exited).toMatchObject({ code: 0 });
    expect(await process.drainText('stdout', 9)).toBe('abc');
  });

  it('ends when it is closed, which is told and is a use', async () => {
    const { process, clock, changes } = await started('cat >/dev/null; echo over', { keepStdinOpen: true });
    clock.pass(50);
    const before = changes();
    expect(process.view().stdinOpen).toBe(true);
    process.closeStdin();
    expect([process.info().idleMs, process.view().stdinOpen, changes()]).toEqual([0, false, before + 1]);
    await process.exited;
    expect(await process.drainText('stdout', 99)).toBe('over\n');
  });

  it('takes up to a mebibyte at once, or nothing of it', async () => {
    const { process } = await started('wc -c', { keepStdinOpen: true });
    await expect(process.writeStdin(new Uint8Array(1024 * 1024 + 1))).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringContaining('1048576') as string,
    });
    expect(await process.writeStdin(new Uint8Array(1024 * 1024))).toBe(1024 * 1024);
    process.closeStdin();
    await process.exited;
    expect((await process.drainText('stdout', 99)).trim()).toBe('1048576');
  });

  it('that waits for the program is called off with the reason of the caller', async () => {
    const { process } = await started('sleep 100', { keepStdinOpen: true });
    const caller = new AbortController();
    const writing = process.writeStdin(new Uint8Array(1024 * 1024), caller.signal);
    const gone = new Error('the caller has gone');
    caller.abort(gone);
    await expect(writing).rejects.toBe(gone);
  });
});

describe('the end of a process', () => {
  it.each([
    [-5, 0],
    [12_000, 12_000],
    [31_000, 30_000],
  ])('after a grace of %d ms comes within %d', async (asked, given) => {
    const { process } = await started('trap "" TERM; echo; while :; do sleep 0.01; done');
    await until(heard(process, 1));
    void process.stop(asked, 'stopped');
    expect(process.view().stop).toMatchObject({ step: 'term', graceMs: given, revocable: true });
    expect(process.phase).toBe('stopping');
  });

  it('is its own when the stop before it was called off', async () => {
    const { process, changes } = await started('trap "" TERM; echo; read a; exit 4', { keepStdinOpen: true });
    await until(heard(process, 1));
    const stopping = process.stop(20_000, 'stopped');
    const before = changes();
    expect([process.cancelStop(), process.phase, changes()]).toEqual([true, 'running', before + 1]);
    expect(await stopping).toBeNull();
    await process.writeStdin(Buffer.from('\n'));
    expect(await process.exited).toEqual({ code: 4, signal: null, reason: 'self' });
  });

  it('is told to who listens, once, and nothing reaches it afterwards', async () => {
    const { process } = await started('exit 3');
    const exits: unknown[] = [];
    process.onExit((exit) => exits.push([exit, process.phase, process.view().stdout.ended]));
    const exit = { code: 3, signal: null, reason: 'self' };
    expect(await process.exited).toEqual(exit);
    expect(exits).toEqual([[exit, 'exited', true]]);
    expect([process.live, await process.signal('term'), process.cancelStop()]).toEqual([false, false, false]);
    expect(await process.stop(0, 'stopped')).toEqual(exit);
    expect(await process.kill('killed')).toEqual(exit);
    expect([process.view().stop, process.exit]).toEqual([null, exit]);
  });

  it('keeps its age, and what was sent while it was not there counts for nothing', async () => {
    const { process, clock } = make('exit 0');
    expect(await process.signal('term')).toBe(false);
    await process.start(spawn);
    clock.pass(40);
    expect(await process.exited).toMatchObject({ code: 0, reason: 'self' });
    clock.pass(60);
    expect([process.info().ageMs, process.times.endedForMs]).toEqual([40, 60]);
  });
});
