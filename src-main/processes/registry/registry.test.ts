import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../base/clock.ts';
import { fakeClock } from '../../base/testing.ts';
import type { ProcessTier, ProcessView } from '../../contract/views.ts';
import type { LookLimits, SandboxedChild } from '../../os/child/child.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { OS_THREADS, makeWorkspace, openDescriptors, script, until } from '../../os/testing.ts';
import { SWEEP_INTERVAL_MS, VIEW_REFRESH_MS } from '../limits.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import type { ProcessOwner, ProcessSpec } from '../process/spec.ts';
import { ProcessRegistry } from './registry.ts';
import type { RegistryLimits } from './limits.ts';
import type { RegistryChange } from './registry.ts';

const spawner = new SandboxSpawner(OS_THREADS);
const { path: workspace, remove } = makeWorkspace();
const { stdin: _none, ...shell } = await script(workspace, '');
const owner: ProcessOwner = { capsule: 'tools', principal: 'ann', call: 'c1' };
const live: ProcessRegistry[] = [];

function makeRegistry(limits: Partial<RegistryLimits> = {}, clock: Clock = systemClock): ProcessRegistry {
  const registry = new ProcessRegistry({ spawn: (spec) => spawner.spawn(spec), clock, limits });
  live.push(registry);
  return registry;
}

function sh(text: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  return { ...shell, args: ['-c', text], ...more };
}

function start(
  text: string,
  more: Partial<ProcessSpec> = {},
  tier: ProcessTier = 'persistent',
): Promise<ManagedProcess> {
  return makeRegistry().spawn(owner, tier, sh(text, more));
}

const refusal = (code: string): object => ({ code });

afterEach(async () => {
  await Promise.all(live.splice(0).map((registry) => registry.dispose()));
});

afterAll(async () => {
  await spawner.dispose();
  remove();
});

describe('a process', () => {
  it('goes from starting over running to exited, each step announced', async () => {
    const registry = makeRegistry();
    const phases: string[] = [];
    registry.onChange((change) => change.kind === 'process' && phases.push(change.process.phase));
    const process = await registry.spawn(owner, 'persistent', sh('echo out; echo err >&2; exit 3'));
    expect(await process.exited).toEqual({ code: 3, signal: null, reason: 'self' });
    expect([...new Set(phases)]).toEqual(['starting', 'running', 'exited']);
    expect(process.view()).toMatchObject({
      ...{ capsule: 'tools', principal: 'ann', tier: 'persistent', phase: 'exited', osPid: null, stop: null },
      command: ['sh', '-c', 'echo out; echo err >&2; exit 3'],
      stdout: { produced: 4, dropped: 0, retained: 4, ended: true },
      stderr: { produced: 4, dropped: 0, retained: 4, ended: true },
    });
    expect([
      await process.drainText('stdout', Infinity),
      await process.drainText('stderr', Infinity),
    ]).toEqual(['out\n', 'err\n']);
  });

  it('has its whole output when its end is known', async () => {
    for (let round = 0; round < 10; round += 1) {
      const process = await start('head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2');
      await process.exited;
      const { stdout, stderr } = process.view();
      expect([stdout.produced, stdout.ended, stderr.produced, stderr.ended]).toEqual([
        300_000,
        true,
        200_000,
        true,
      ]);
    }
  });

  it('counts every byte of a flood while dropping the oldest', async () => {
    const total = 50 * 1024 * 1024;
    const process = await start(`head -c ${String(total)} /dev/zero`, { ringBytes: 64 * 1024 });
    const views: ProcessView[] = [];
    while (process.exit === null) {
      views.push(process.view());
      await Promise.race([process.exited, new Promise((resolve) => setImmediate(resolve))]);
    }
    expect(views.every(({ stdout }) => stdout.dropped + stdout.retained === stdout.produced)).toBe(true);
    expect(process.view().stdout).toMatchObject({ produced: total, dropped: total - 65536, retained: 65536 });
    expect(process.info().bytesDropped).toBe(total - 65536);
  });

  it('is held back by an owner that does not read, and then loses nothing', async () => {
    const total = 8 * 1024 * 1024;
    const process = await start(`head -c ${String(total)} /dev/urandom | tee copy`, {
      overflow: 'backpressure',
      ringBytes: 100_000,
    });
    await until(() => process.view().blockedOnOutput);
    expect(process.view().stdout).toMatchObject({ produced: 100_000, dropped: 0, retained: 100_000 });
    // The window reads as much as it likes; that lets nothing in.
    expect(process.output('stdout').readAt(0, Infinity).bytes.length).toBe(100_000);
    expect(process.view().blockedOnOutput).toBe(true);
    const pieces: Uint8Array[] = [];
    for (let offset = 0, end = false; !end;) {
      const slice = process.readSince('stdout', offset, 30_000);
      expect(slice.lost).toBe(0);
      pieces.push(slice.bytes);
      [offset, end] = [slice.next, slice.end];
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { readFileSync } = await import('node:fs');
    expect(Buffer.concat(pieces).equals(readFileSync(`${workspace}/copy`))).toBe(true);
    expect(await process.exited).toMatchObject({ code: 0 });
    expect(process.info().bytesDropped).toBe(0);
  });

  it('gives up nothing that a held-back program wrote before its end', async () => {
    const process = await start('head -c 40000 /dev/zero', { overflow: 'backpressure', ringBytes: 4096 });
    expect(await process.exited).toMatchObject({ code: 0 });
    expect(process.drain('stdout', Infinity)).toMatchObject({ start: 0, next: 40_000, lost: 0, end: true });
  });

  it('echoes 4 MiB of first input while it is being written', async () => {
    const stdin = Buffer.alloc(4 * 1024 * 1024, 'input\n');
    const process = await start('exec cat', { stdin, ringBytes: 8 * 1024 * 1024 });
    expect(await process.exited).toMatchObject({ code: 0 });
    expect(Buffer.from(process.drain('stdout', Infinity).bytes).equals(stdin)).toBe(true);
  });

  it('keeps its input open when told to, for lines that come later', async () => {
    const process = await start('while read line; do echo "got $line"; done; echo end', {
      stdin: Buffer.from('first\n'),
      keepStdinOpen: true,
    });
    let text = '';
    const said =
      (part: string): (() => boolean) =>
      () =>
        (text += Buffer.from(process.drain('stdout', 100).bytes).toString()).includes(part);
    await until(said('got first\n'));
    expect(process.view().stdinOpen).toBe(true);
    expect(await process.writeStdin(Buffer.from('second\n'))).toBe(7);
    await until(said('got second\n'));
    process.closeStdin();
    await until(said('end\n'));
    expect(await process.exited).toMatchObject({ code: 0 });
    expect(process.view().stdinOpen).toBe(false);
    await expect(process.writeStdin(Buffer.from('x'))).rejects.toMatchObject(refusal('closed'));
    await expect(process.writeStdin(new Uint8Array(1024 * 1024 + 1))).rejects.toMatchObject(
      refusal('too-large'),
    );
  });

  it('reads an empty input when it was given none', async () => {
    const process = await start('cat; echo done');
    await process.exited;
    expect(await process.drainText('stdout', Infinity)).toBe('done\n');
  });
});

describe('a stop', () => {
  const trapping = 'trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.01; done';
  const ignoring = 'trap "" TERM; echo ready; while :; do sleep 0.01; done';
  const ready = (process: ManagedProcess) => (): boolean => process.view().stdout.produced > 0;

  it('lets a program that handles TERM end by itself, within the grace', async () => {
    const process = await start(trapping);
    await until(ready(process));
    const before = Date.now();
    const stopped = process.stop(20_000, 'stopped');
    expect(process.view()).toMatchObject({ phase: 'stopping', stop: { step: 'term', graceMs: 20_000 } });
    expect(await stopped).toEqual({ code: 7, signal: null, reason: 'stopped' });
    expect(Date.now() - before).toBeLessThan(10_000);
    expect(await process.drainText('stdout', 100)).toBe('ready\nbye\n');
  });

  it('kills one that ignores TERM when the grace is over, and shows both steps', async () => {
    const registry = makeRegistry();
    const steps = new Set<string>();
    registry.onChange(
      (change) => change.kind === 'process' && steps.add(change.process.stop?.step ?? 'none'),
    );
    const process = await registry.spawn(owner, 'persistent', sh(ignoring));
    await until(ready(process));
    expect(await process.stop(100, 'idle')).toEqual({ code: null, signal: 9, reason: 'idle' });
    expect([...steps]).toEqual(['none', 'term', 'kill']);
    expect(process.view()).toMatchObject({ phase: 'exited', stop: null });
  });

  it('can be cancelled before the KILL', async () => {
    const process = await start(ignoring);
    await until(ready(process));
    void process.stop(200, 'stopped');
    expect(process.cancelStop()).toBe(true);
    expect(process.cancelStop()).toBe(false);
    expect(process.view()).toMatchObject({ phase: 'running', stop: null });
    // Well past the grace that was called off.
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(process.exit).toBeNull();
    expect(await process.kill('killed')).toEqual({ code: null, signal: 9, reason: 'killed' });
  });

  it('reaches a frozen program', async () => {
    const process = await start(trapping);
    await until(ready(process));
    await process.signal('stop');
    await until(() => process.view().frozen);
    expect(await process.stop(20_000, 'stopped')).toMatchObject({ code: 7 });
    expect(process.view().frozen).toBe(false);
  });

  it('keeps its first reason, and the shorter of two graces', async () => {
    const process = await start(ignoring);
    await until(ready(process));
    void process.stop(30_000, 'stopped');
    expect(await process.stop(50, 'shutdown')).toEqual({ code: null, signal: 9, reason: 'stopped' });
  });

  it('is told from a signal that somebody here sent, and from an end of its own', async () => {
    const signalled = await start('exec sleep 100');
    await signalled.signal('int');
    expect(await signalled.exited).toEqual({ code: null, signal: 2, reason: 'killed' });
    const own = await start('kill -SEGV $$');
    expect(await own.exited).toEqual({ code: null, signal: 11, reason: 'self' });
  });

  it('can come while the program is being started', async () => {
    const registry = makeRegistry();
    const starting = registry.spawn(owner, 'persistent', sh('sleep 100'));
    await registry.stopAll(() => true, 'unloaded', 5_000);
    expect((await starting).exit).toMatchObject({ reason: 'unloaded' });
  });
});

describe('the registry', () => {
  it('allows eight live background processes per principal and capsule, both tiers together', async () => {
    const registry = makeRegistry();
    const tiers: ProcessTier[] = ['ephemeral', 'persistent'];
    const eight = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        registry.spawn(owner, tiers[index % 2] ?? 'ephemeral', sh('sleep 100')),
      ),
    );
    for (const tier of tiers) {
      await expect(registry.spawn(owner, tier, sh('true'))).rejects.toMatchObject(refusal('quota'));
    }
    // Others, and calls that wait for their program, are not affected.
    await registry.spawn({ ...owner, principal: 'bob' }, 'persistent', sh('true'));
    await registry.spawn({ ...owner, capsule: 'other' }, 'ephemeral', sh('true'));
    await registry.spawn(owner, 'sync', sh('true'));
    await eight[0]?.kill('killed');
    await registry.spawn(owner, 'persistent', sh('true'));
  });

  it('starts many at the same time', async () => {
    const registry = makeRegistry();
    const all = Array.from({ length: 20 }, () => registry.spawn(owner, 'sync', sh('exit 3')));
    const exits = await Promise.all((await Promise.all(all)).map(({ exited }) => exited));
    expect(exits.map(({ code }) => code)).toEqual(exits.map(() => 3));
  });

  it('frees the slot of a start that failed, and forgets it', async () => {
    const registry = makeRegistry({ concurrent: 1 });
    const changes: RegistryChange[] = [];
    registry.onChange((change) => changes.push(change));
    const missing = sh('', { cwd: '/no-such-folder' });
    await expect(registry.spawn(owner, 'persistent', missing)).rejects.toMatchObject(
      refusal('invalid-spawn'),
    );
    expect(registry.views()).toEqual([]);
    expect(changes.at(-1)?.kind).toBe('process-removed');
    await registry.spawn(owner, 'persistent', sh('true'));
  });

  it('keeps to a lower limit of the principal', async () => {
    const registry = makeRegistry();
    await registry.spawn(owner, 'persistent', sh('sleep 100'), { maxConcurrent: 1 });
    const second = registry.spawn(owner, 'persistent', sh('true'), { maxConcurrent: 1 });
    await expect(second).rejects.toMatchObject(refusal('quota'));
  });

  it('is full at its limits, running and ended together, until one is released', async () => {
    const registry = makeRegistry({ retainedPerPrincipal: 2, entries: 3 });
    const first = await registry.spawn(owner, 'persistent', sh('true'));
    await registry.spawn(owner, 'persistent', sh('true'));
    await expect(registry.spawn(owner, 'persistent', sh('true'))).rejects.toMatchObject(
      refusal('registry-full'),
    );
    const bob = { ...owner, principal: 'bob' };
    const transient = await registry.spawn(bob, 'sync', sh('true'));
    await transient.exited;
    // An ended process that nobody can ask for makes room.
    await registry.spawn(bob, 'persistent', sh('true'));
    expect(() => registry.byKey(transient.key)).toThrow('No such process');
    await expect(registry.spawn(bob, 'persistent', sh('true'))).rejects.toMatchObject(
      refusal('registry-full'),
    );
    await first.exited;
    registry.release(first);
    await registry.spawn(bob, 'persistent', sh('true'));
  });

  it('has room for what comes after a removed capsule, whatever that left', async () => {
    const registry = makeRegistry({ retainedPerPrincipal: 2, entries: 2 });
    const left = await Promise.all([1, 2].map(() => registry.spawn(owner, 'persistent', sh('true'))));
    await Promise.all(left.map(({ exited }) => exited));
    await expect(registry.spawn(owner, 'persistent', sh('true'))).rejects.toMatchObject(
      refusal('registry-full'),
    );
    registry.giveUp(owner.capsule);
    const next = await registry.spawn(owner, 'persistent', sh('true'));
    expect(registry.views().map(({ key }) => key)).toEqual([left[1]?.key, next.key]);
  });

  it('shares a budget of large rings among what runs, and always has the default for everybody', async () => {
    const MiB = 1024 * 1024;
    const registry = makeRegistry({ largeRingBytes: 14 * MiB });
    const large = sh('sleep 100', { ringBytes: 8 * MiB });
    const first = await registry.spawn(owner, 'persistent', large);
    await expect(registry.spawn(owner, 'persistent', large)).rejects.toMatchObject({
      ...refusal('quota'),
      hint: expect.stringContaining('smaller rings') as string,
    });
    await registry.spawn(owner, 'persistent', sh('sleep 100', { ringBytes: MiB }));
    // Nobody asked for the rings of a program that a call waits for.
    const waited = await registry.spawn(owner, 'sync', large);
    expect(waited.view().stdout.capacity).toBe(MiB);
    expect(registry.views().map(({ stdout }) => stdout.capacity / MiB)).toEqual([8, 1, 1]);
    await first.kill('killed');
    await registry.spawn(owner, 'persistent', large);
  });

  it('gives up the output of what ended longest ago before it keeps more than its budget', async () => {
    const clock = fakeClock();
    const registry = makeRegistry({ outputBytes: 20_000 }, clock);
    const text = 'head -c 4000 /dev/zero | tr "\\0" x';
    const small = sh(text, { ringBytes: 4096 });
    const all = [];
    for (let index = 0; index < 4; index += 1) {
      const process = await registry.spawn(owner, 'persistent', small);
      await process.exited;
      clock.pass(1_000);
      all.push(process);
    }
    // The fourth came with 12,000 bytes kept and 8,192 that it might come to keep.
    const [oldest] = all;
    expect(all.map((process) => process.view().stdout)).toEqual([
      { produced: 4000, dropped: 4000, retained: 0, capacity: 4096, ended: true },
      ...[1, 2, 3].map(() => ({ produced: 4000, dropped: 0, retained: 4000, capacity: 4096, ended: true })),
    ]);
    expect(oldest?.readSince('stdout', 0, 100)).toMatchObject({ lost: 4000, next: 4000, end: true });
    expect(oldest?.exit).toMatchObject({ code: 0 });
  });

  it('answers unknown, foreign and released ids alike', async () => {
    const registry = makeRegistry();
    const process = await registry.spawn(owner, 'persistent', sh('sleep 100'));
    expect(registry.byId(process.id, owner)).toBe(process);
    expect(registry.byId(process.id, { ...owner, call: 'c2' } as ProcessOwner)).toBe(process);
    const errors = [
      [process.id, { ...owner, principal: 'bob' }],
      [process.id, { ...owner, capsule: 'other' }],
      ['a'.repeat(52), owner],
      [process.key, owner],
    ].map(([id, asker]) => {
      try {
        return registry.byId(id as string, asker as ProcessOwner);
      } catch (error) {
        return error instanceof Error ? error.message : null;
      }
    });
    expect(new Set(errors)).toEqual(new Set(['No such process.']));
    expect(() => registry.release(process)).toThrow(
      expect.objectContaining(refusal('invalid-input')) as Error,
    );
    expect(registry.byKey(process.key)).toBe(process);
    expect(JSON.stringify(registry.views())).not.toContain(process.id);
  });

  it('lists the persistent processes of one owner by label', async () => {
    const registry = makeRegistry();
    await registry.spawn(owner, 'persistent', sh('true', { label: 'web server' }));
    await registry.spawn(owner, 'persistent', sh('true', { label: 'worker' }));
    await registry.spawn(owner, 'ephemeral', sh('true', { label: 'web once' }));
    await registry.spawn({ ...owner, principal: 'bob' }, 'persistent', sh('true', { label: 'web of bob' }));
    const labels = (part: string | null): readonly string[] =>
      registry.list(owner, part).map(({ plan }) => plan.label);
    expect([labels(null), labels('web')]).toEqual([['web server', 'worker'], ['web server']]);
  });

  it('cancels what one call started for itself: INT, two seconds, KILL; nothing else', async () => {
    const registry = makeRegistry();
    const polite = 'trap "exit 6" INT; echo; while :; do sleep 0.01; done';
    // What a shell starts with & ignores INT, as its descendants do.
    const deaf = 'trap "" INT; (while :; do sleep 0.01; done) & echo; while :; do sleep 0.01; done';
    const mine = await Promise.all([
      registry.spawn(owner, 'sync', sh(polite)),
      registry.spawn(owner, 'ephemeral', sh(deaf)),
    ]);
    const others = await Promise.all([
      registry.spawn(owner, 'persistent', sh(polite)),
      registry.spawn({ ...owner, call: 'c2' }, 'ephemeral', sh(polite)),
      registry.spawn({ ...owner, call: null }, 'ephemeral', sh(polite)),
    ]);
    await until(() => [...mine, ...others].every((process) => process.view().stdout.produced > 0));
    const cancelled = registry.cancelCall('c1');
    expect(mine[1]?.view().stop).toMatchObject({ step: 'int', graceMs: 2_000, revocable: false });
    // The instance of a cancelled call ends, and its handles with it; the first cause stays.
    void mine[1]?.stop(0, 'killed');
    const { killAt = Infinity } = mine[1]?.view().stop ?? {};
    expect(killAt).toBeLessThanOrEqual(Date.now());
    await cancelled;
    expect(mine.map(({ exit }) => exit)).toEqual([
      { code: 6, signal: null, reason: 'cancelled' },
      { code: null, signal: 9, reason: 'cancelled' },
    ]);
    expect(others.map(({ phase }) => phase)).toEqual(['running', 'running', 'running']);
    await registry.cancelCall('c1');
    await registry.cancelCall('');
    expect(others.map(({ phase }) => phase)).toEqual(['running', 'running', 'running']);
  });

  it('gives a cancelled program two seconds', async () => {
    const registry = makeRegistry();
    const text = 'trap "sleep 0.1; exit 6" INT; echo; while :; do sleep 0.01; done';
    const process = await registry.spawn(owner, 'sync', sh(text));
    await until(() => process.view().stdout.produced > 0);
    await registry.cancelCall('c1');
    expect(process.exit).toEqual({ code: 6, signal: null, reason: 'cancelled' });
    const deaf = await registry.spawn(owner, 'sync', sh('trap "" INT; echo; while :; do sleep 0.01; done'));
    await until(() => deaf.view().stdout.produced > 0);
    const before = Date.now();
    await registry.cancelCall('c1');
    expect(deaf.exit).toEqual({ code: null, signal: 9, reason: 'cancelled' });
    expect(Date.now() - before).toBeGreaterThan(1_900);
  });

  it('ends for good what it needs ended, whoever wants to call that off', async () => {
    const process = await start('trap "" TERM; echo; while :; do sleep 0.01; done');
    await until(() => process.view().stdout.produced > 0);
    void process.stop(20_000, 'stopped');
    const ended = process.stop(200, 'unloaded');
    expect(process.cancelStop()).toBe(false);
    expect(await ended).toEqual({ code: null, signal: 9, reason: 'stopped' });
  });

  it('calls off a start whose caller has gone', async () => {
    const registry = makeRegistry();
    const caller = new AbortController();
    const starting = registry.spawn(owner, 'sync', sh('sleep 100'), { signal: caller.signal });
    caller.abort();
    await expect(starting).rejects.toMatchObject(refusal('cancelled'));
    expect(registry.views()).toEqual([]);
  });

  it('keeps a start that was called off until it has ended: it is shown, and takes its slot', async () => {
    let child: SandboxedChild | undefined;
    const caller = new AbortController();
    const registry = new ProcessRegistry({
      clock: systemClock,
      limits: { concurrent: 1 },
      async spawn(spec) {
        child = await spawner.spawn(spec);
        caller.abort();
        return child;
      },
    });
    live.push(registry);
    const shown: (readonly ProcessView[])[] = [];
    const starting = registry.spawn(owner, 'ephemeral', sh('sleep 100'), { signal: caller.signal });
    caller.signal.addEventListener('abort', () => {
      queueMicrotask(() => setImmediate(() => shown.push(registry.views())));
    });
    await expect(starting).rejects.toMatchObject(refusal('cancelled'));
    expect(child?.ended).toBe(true);
    expect(shown).toMatchObject([[{ phase: 'stopping' }]]);
    expect(registry.views()).toEqual([]);
  });

  it('counts no process that a call waits for among those in the background', async () => {
    const registry = makeRegistry({ concurrent: 1 });
    await Promise.all([1, 2].map(() => registry.spawn(owner, 'sync', sh('sleep 100'))));
    await registry.spawn(owner, 'ephemeral', sh('sleep 100'));
    // And the other way round.
    await registry.spawn(owner, 'sync', sh('sleep 100'));
    await expect(registry.spawn(owner, 'persistent', sh('true'))).rejects.toMatchObject(refusal('quota'));
    expect(registry.views().map(({ tier }) => tier)).toEqual(['sync', 'sync', 'ephemeral', 'sync']);
  });

  it('ends the idle and the old, politely, and forgets the ended', async () => {
    const clock = fakeClock();
    const registry = makeRegistry({}, clock);
    const minute = 60_000;
    const idle = await registry.spawn(owner, 'persistent', sh('sleep 100', { idleTimeoutMs: minute }));
    const old = await registry.spawn(owner, 'ephemeral', sh('sleep 100', { maxLifetimeMs: minute }));
    clock.pass(minute / 2);
    registry.sweep();
    expect([idle.phase, old.phase]).toEqual(['running', 'running']);
    clock.pass(minute / 2);
    registry.sweep();
    expect(await idle.exited).toEqual({ code: null, signal: 15, reason: 'idle' });
    expect(await old.exited).toEqual({ code: null, signal: 15, reason: 'lifetime' });
    clock.pass(4 * minute);
    registry.sweep();
    expect(registry.views().length).toBe(2);
    clock.pass(minute);
    registry.sweep();
    expect(registry.views()).toEqual([]);
  });

  it.each([
    ['forth, by more than any lifetime', 7 * 60 * 60_000],
    ['back', -60 * 60_000],
  ])('measures by a clock that nobody sets, when the wall clock is set %s', async (_name, ms) => {
    const clock = fakeClock();
    const registry = makeRegistry({}, clock);
    const text = 'echo one; read -r go; echo two >&2; read -r go';
    const process = await registry.spawn(owner, 'persistent', sh(text, { keepStdinOpen: true }));
    await until(() => process.view().stdout.produced > 0);
    clock.step(ms);
    clock.pass(50);
    registry.sweep();
    expect(process.phase).toBe('running');
    expect(process.info()).toMatchObject({ ageMs: 50, idleMs: 50 });
    await process.writeStdin(Buffer.from('go\n'));
    await until(() => process.view().stderr.produced > 0);
    // The order of two streams is that of their marks.
    const marks = (['stdout', 'stderr'] as const).map(
      (stream) => process.output(stream).readAt(0, 100).times[0]?.at,
    );
    expect(marks).toEqual([process.times.startedAt, process.times.startedAt + 50]);
    await process.kill('killed');
    clock.step(ms);
    clock.pass(60_000);
    registry.sweep();
    expect(registry.views().length).toBe(1);
    expect(process.info().ageMs).toBe(50);
    clock.pass(4 * 60_000);
    registry.sweep();
    expect(registry.views()).toEqual([]);
  });

  it('takes asking for no use, and reading, writing, signalling and waiting for use', async () => {
    const clock = fakeClock();
    const registry = makeRegistry({}, clock);
    const process = await registry.spawn(
      owner,
      'persistent',
      sh('cat', { keepStdinOpen: true, idleTimeoutMs: 100 }),
    );
    const uses: readonly (() => unknown)[] = [
      () => process.drain('stdout', 1),
      () => process.drainText('stdout', 1),
      () => process.readSince('stdout', null, 1),
      () => process.writeStdin(Buffer.from('x')),
      () => process.use.beginWait()(),
    ];
    for (const use of uses) {
      clock.pass(99);
      await use();
      expect(process.info().idleMs).toBe(0);
    }
    for (const look of [
      () => process.view(),
      () => process.info(),
      () => process.output('stdout').readAt(0, 1),
    ]) {
      clock.pass(10);
      look();
    }
    registry.list(owner, null);
    registry.byId(process.id, owner);
    expect(process.info().idleMs).toBe(30);
    const endWait = process.use.beginWait();
    clock.pass(1_000);
    registry.sweep();
    expect(process.phase).toBe('running');
    endWait();
    clock.pass(99);
    registry.sweep();
    expect(process.phase).toBe('running');
    clock.pass(1);
    registry.sweep();
    expect(await process.exited).toMatchObject({ reason: 'idle' });
    // A tombstone: what it was and why it ended stay readable, its slot is free.
    expect(registry.byId(process.id, owner).view().exit).toMatchObject({ signal: 15, reason: 'idle' });
  });

  it('answers what a process uses from the last look of its watch, however often it is asked', async () => {
    let looks = 0;
    const registry = new ProcessRegistry({
      clock: systemClock,
      async spawn(spec) {
        const child = await spawner.spawn(spec);
        const { look } = child;
        return Object.assign(child, {
          look: (limits?: LookLimits) => {
            looks += 1;
            return look.call(child, limits);
          },
        });
      },
    });
    live.push(registry);
    const process = await registry.spawn(owner, 'persistent', sh('sleep 100'));
    const before = looks;
    const answers = Array.from({ length: 1_000 }, () => [process.info().usage, process.view().usage]);
    expect(looks).toBe(before);
    expect(new Set(answers.flat())).toEqual(new Set([process.info().usage]));
    expect(process.info().usage?.peakMemoryBytes).toBeGreaterThan(0);
  });

  it('ends a spawn that is waited for too long, and says why', async () => {
    const clock = fakeClock();
    const registry = makeRegistry({}, clock);
    const process = await registry.spawn(owner, 'sync', sh('echo so far; sleep 100'));
    await until(() => process.view().stdout.produced > 0);
    clock.pass(5 * 60_000);
    registry.sweep();
    expect(await process.exited).toEqual({ code: null, signal: 15, reason: 'lifetime' });
    expect(await process.drainText('stdout', 100)).toBe('so far\n');
  });

  it('forgets all but the latest ended ones that nobody can ask for', async () => {
    const registry = makeRegistry({ exitedTransient: 2 });
    const keys: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      const process = await registry.spawn(owner, 'sync', sh('true'));
      await process.exited;
      keys.push(process.key);
    }
    expect(registry.views().map(({ key }) => key)).toEqual(keys.slice(2));
  });

  it('speaks of growing output by counters, as it comes, and of the whole seldom', async () => {
    const registry = makeRegistry();
    const heard: RegistryChange[] = [];
    registry.onChange((change) => heard.push(change));
    const process = await registry.spawn(owner, 'sync', sh('head -c 100M /dev/zero; echo end >&2'));
    const views = (): number => heard.filter(({ kind }) => kind === 'process').length;
    const late: RegistryChange[] = [];
    process.onOutput((stream) => {
      const { produced, dropped } = process.output(stream).view;
      const last = heard.findLast(({ kind }) => kind === 'process-output');
      if (last === undefined || !isDeepStrictEqual(last, { ...last, stream, produced, dropped })) {
        late.push({ kind: 'process-output', key: process.key, stream, produced, dropped });
      }
    });
    const [started, before] = [views(), Date.now()];
    await process.exited;
    expect(late).toEqual([]);
    expect(
      heard.findLast((change) => change.kind === 'process-output' && change.stream === 'stdout'),
    ).toEqual({
      ...{ kind: 'process-output', key: process.key, stream: 'stdout' },
      ...{ produced: 100 * 1024 ** 2, dropped: 99 * 1024 ** 2 },
    });
    // The end is one, and each second may be one.
    expect(views() - started).toBeLessThanOrEqual(1 + (Date.now() - before) / VIEW_REFRESH_MS);
  });

  it('leaves nothing running and no descriptor open when disposed', async () => {
    const before = openDescriptors();
    const registry = makeRegistry();
    const all = await Promise.all([
      registry.spawn(owner, 'persistent', sh('trap "exit 4" TERM; echo; while :; do sleep 0.01; done')),
      registry.spawn(
        owner,
        'ephemeral',
        sh('trap "" TERM; echo; while :; do sleep 0.01; done', { keepStdinOpen: true }),
      ),
    ]);
    await until(() => all.every((process) => process.view().stdout.produced > 0));
    await registry.dispose();
    expect(all.map(({ exit }) => exit)).toEqual([
      { code: 4, signal: null, reason: 'shutdown' },
      { code: null, signal: 9, reason: 'shutdown' },
    ]);
    await expect(registry.spawn(owner, 'sync', sh('true'))).rejects.toMatchObject(refusal('cancelled'));
    await until(() => openDescriptors() <= before + 60);
  });

  it('has a limit that no principal’s own raises', async () => {
    const registry = makeRegistry({ concurrent: 1 });
    await registry.spawn(owner, 'persistent', sh('sleep 100'), { maxConcurrent: 5 });
    await expect(registry.spawn(owner, 'persistent', sh('true'), { maxConcurrent: 5 })).rejects.toMatchObject(
      refusal('quota'),
    );
  });

  it('says which limit is reached: that of a principal, or of all', async () => {
    const registry = makeRegistry({ retainedPerPrincipal: 1, entries: 2 });
    await registry.spawn(owner, 'persistent', sh('sleep 100'));
    await expect(registry.spawn(owner, 'persistent', sh('true'))).rejects.toThrow(
      /principal.* limit of 1 persistent/u,
    );
    // What a call waits for is not among them.
    await registry.spawn(owner, 'sync', sh('sleep 100'));
    await expect(registry.spawn(owner, 'sync', sh('true'))).rejects.toThrow(/full \(2 entries\)/u);
  });

  it('makes room by the ended one that nobody can ask for and that came first', async () => {
    const registry = makeRegistry({ entries: 3 });
    const first = await registry.spawn(owner, 'sync', sh('true'));
    const second = await registry.spawn(owner, 'ephemeral', sh('true'));
    const third = await registry.spawn(owner, 'persistent', sh('true'));
    await Promise.all([first, second, third].map(({ exited }) => exited));
    const fourth = await registry.spawn(owner, 'persistent', sh('true'));
    expect(registry.views().map(({ key }) => key)).toEqual([second, third, fourth].map(({ key }) => key));
  });

  it('starts nothing for a caller that has gone before', async () => {
    const registry = makeRegistry();
    const changes: RegistryChange[] = [];
    registry.onChange((change) => changes.push(change));
    const signal = AbortSignal.abort();
    await expect(registry.spawn(owner, 'sync', sh('true'), { signal })).rejects.toMatchObject(
      refusal('cancelled'),
    );
    expect(changes).toEqual([]);
  });

  it('does not end a program because its caller goes after the start', async () => {
    const caller = new AbortController();
    const process = await makeRegistry().spawn(owner, 'ephemeral', sh('sleep 100'), {
      signal: caller.signal,
    });
    caller.abort();
    expect([process.phase, process.view().stop]).toEqual(['running', null]);
  });

  it('keeps the latest ended ones that nobody can ask for, and every one that somebody can', async () => {
    const registry = makeRegistry({ exitedTransient: 3 });
    const tiers: readonly ProcessTier[] = ['persistent', 'persistent', 'sync', 'ephemeral'];
    const keys: string[] = [];
    for (const tier of tiers) {
      const process = await registry.spawn(owner, tier, sh('true'));
      await process.exited;
      keys.push(process.key);
    }
    expect(registry.views().map(({ key }) => key)).toEqual(keys);
    const running = await registry.spawn(owner, 'sync', sh('sleep 100'));
    for (let index = 0; index < 2; index += 1) {
      await (
        await registry.spawn(owner, 'sync', sh('true'))
      ).exited;
    }
    // The sync one that ended first is gone; the one that runs stays.
    expect(registry.views().length).toBe(6);
    expect(() => registry.byKey(keys[2] ?? '')).toThrow('No such process');
    expect(registry.byKey(running.key)).toBe(running);
  });

  it('gives cursors that are good for their process and stream', async () => {
    const registry = makeRegistry();
    const [process, other] = [
      await registry.spawn(owner, 'persistent', sh('true')),
      await registry.spawn(owner, 'persistent', sh('true')),
    ];
    const token = registry.cursor(process, 'stdout', 70);
    expect(registry.offsetOf(process, 'stdout', token)).toBe(70);
    for (const ask of [
      () => registry.offsetOf(process, 'stderr', token),
      () => registry.offsetOf(other, 'stdout', token),
    ]) {
      expect(ask).toThrow(expect.objectContaining(refusal('no-such-process')) as Error);
    }
  });

  it('stops those that match, and waits for them alone', async () => {
    const registry = makeRegistry();
    const [ended, mine, other] = [
      await registry.spawn(owner, 'sync', sh('exit 2')),
      await registry.spawn(owner, 'persistent', sh('exec sleep 100')),
      await registry.spawn({ ...owner, capsule: 'other' }, 'persistent', sh('exec sleep 100')),
    ];
    await ended.exited;
    await registry.stopAll(({ owner: { capsule } }) => capsule === 'tools', 'unloaded', 5_000);
    expect([ended.exit, mine.exit, other.exit]).toEqual([
      { code: 2, signal: null, reason: 'self' },
      { code: null, signal: 15, reason: 'unloaded' },
      null,
    ]);
  });

  it('says that a process is gone when it is released, once, and nothing of it afterwards', async () => {
    const registry = makeRegistry();
    const process = await registry.spawn(owner, 'persistent', sh('echo; exit 0'));
    await process.exited;
    const changes: RegistryChange[] = [];
    registry.onChange((change) => changes.push(change));
    registry.release(process);
    registry.release(process);
    process.discardOutput();
    expect(changes).toEqual([{ kind: 'process-removed', key: process.key }]);
    expect(registry.find(process.id, owner)).toBeUndefined();
    expect(() => registry.byKey(process.key)).toThrow('No such process');
  });

  it('forgets what a removed capsule left for all who ask by id; the window still has it', async () => {
    const registry = makeRegistry();
    const process = await registry.spawn(owner, 'persistent', sh('sleep 100'));
    registry.giveUp('tools');
    expect([registry.find(process.id, owner), registry.list(owner, null)]).toEqual([undefined, []]);
    expect(registry.byKey(process.key)).toBe(process);
    expect(registry.keyOf(process.id)).toBe(process.key);
  });

  it('is disposed once, whoever asks, and has nothing to show or to tell then', async () => {
    const registry = makeRegistry();
    const process = await registry.spawn(owner, 'persistent', sh('exec sleep 100'));
    const disposing = registry.dispose();
    expect(registry.dispose()).toBe(disposing);
    expect(process.view().stop).toMatchObject({ step: 'term', graceMs: 2_000, revocable: false });
    await disposing;
    expect(process.exit).toEqual({ code: null, signal: 15, reason: 'shutdown' });
    const changes: RegistryChange[] = [];
    registry.onChange((change) => changes.push(change));
    process.discardOutput();
    expect([registry.views(), changes]).toEqual([[], []]);
  });

  it('looks by itself for what is due, as long as there is a process', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const clock = fakeClock();
    const registry = makeRegistry({}, clock);
    const limits = { maxLifetimeMs: 60_000, exitRetentionMs: 1_000 };
    const process = await registry.spawn(owner, 'persistent', sh('exec sleep 100', limits));
    const other = await registry.spawn(owner, 'persistent', sh('exec sleep 100'));
    const timers = vi.getTimerCount();
    clock.pass(60_000);
    vi.advanceTimersByTime(SWEEP_INTERVAL_MS);
    expect(await process.exited).toMatchObject({ reason: 'lifetime' });
    clock.pass(1_000);
    vi.advanceTimersByTime(SWEEP_INTERVAL_MS);
    expect(registry.views().map(({ key }) => key)).toEqual([other.key]);
    await other.kill('killed');
    const watching = vi.getTimerCount();
    registry.release(other);
    expect([timers > 0, watching - vi.getTimerCount()]).toEqual([true, 1]);
  });
});
