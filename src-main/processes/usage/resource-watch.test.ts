import { totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import type { ResourceLimits } from '../../os/sandbox/spec/spec.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { LAUNCHER_FILE, makeWorkspace, script, until } from '../../os/testing.ts';
import type { ScriptOptions } from '../../os/testing.ts';
import { planLimits } from './child-limits.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { ProcessRegistry } from '../registry/registry.ts';
import { exceeded, pauseAfter, ResourceWatch } from './resource-watch.ts';

const MiB = 1024 * 1024;
const spawner = new SandboxSpawner(LAUNCHER_FILE);
const registry = new ProcessRegistry({ spawn: (spec) => spawner.spawn(spec), clock: systemClock });
const { path: workspace, remove } = makeWorkspace();
const owner = { capsule: 'c', principal: 'p', call: null };

afterAll(async () => {
  await registry.dispose();
  await spawner.dispose();
  remove();
});

async function start(
  text: string,
  limits?: ResourceLimits,
  more: ScriptOptions = {},
): Promise<ManagedProcess> {
  const { stdin: _none, ...spec } = await script(workspace, text, {
    ...(limits === undefined ? {} : { limits }),
    ...more,
  });
  return registry.spawn(owner, 'persistent', spec);
}

const perl = (program: string): ScriptOptions => ({ command: 'perl', args: ['-e', program] });

describe('a tree over its limit is ended as a whole, and its entry says which limit it was', () => {
  // Bounded, and its children sleep: as root nothing but the watch stands between a real one and the machine.
  const bomb = (processes: number): string =>
    `for (1 .. ${String(processes)}) { fork or do { sleep 60; exit } } sleep 60`;

  it('a fork bomb, with everything that it started', async () => {
    const process = await start('', { maxPids: 60 }, perl(bomb(300)));
    expect(await process.exited).toEqual({ code: null, signal: 9, reason: 'pids-limit' });
  });

  it('a fork bomb of which nobody said how large it may be', async () => {
    const process = await start('', undefined, perl(bomb(700)));
    expect(await process.exited).toEqual({ code: null, signal: 9, reason: 'pids-limit' });
  });

  it('a fork bomb in sessions of its own, orphaned', async () => {
    const program = `use POSIX; if (fork) { sleep 60 } POSIX::setsid(); ${bomb(300)}`;
    const process = await start('', { maxPids: 60 }, perl(program));
    expect(await process.exited).toMatchObject({ reason: 'pids-limit' });
  });

  it('a memory hog', async () => {
    const hog = 'my @a; while (1) { push @a, "x" x 1000000; select(undef, undef, undef, 0.02) }';
    const process = await start('', { maxMemoryBytes: 64 * MiB }, perl(hog));
    expect(await process.exited).toEqual({ code: null, signal: 9, reason: 'memory-limit' });
    const peak = process.view().usage?.peakMemoryBytes ?? 0;
    expect(peak).toBeGreaterThan(64 * MiB);
    expect(peak).toBeLessThan(400 * MiB);
  });

  it('a memory hog that shares the work among children, each of them modest', async () => {
    const hog = 'for (1 .. 8) { if (!fork) { my $a = "x" x 16000000; sleep 100 } } sleep 100';
    const process = await start('', { maxMemoryBytes: 64 * MiB }, perl(hog));
    expect(await process.exited).toMatchObject({ reason: 'memory-limit' });
  });

  it('a CPU hog that shares the work among children and waits for short ones', async () => {
    const hog =
      'for (1 .. 3) { if (!fork) { while (1) { if (!fork) { 1 for 1 .. 300000; exit } wait } } } sleep 100';
    const stalls = monitorEventLoopDelay();
    stalls.enable();
    const process = await start('', { maxCpuSecs: 1 }, perl(hog));
    expect(await process.exited).toEqual({ code: null, signal: 9, reason: 'cpu-limit' });
    expect(process.view().usage?.cpuMs).toBeGreaterThanOrEqual(1000);
    stalls.disable();
    // What held this thread up held up the watch, while the hog's three children went on.
    expect(process.view().usage?.cpuMs).toBeLessThan(2000 + (3 * stalls.max) / 1e6);
  });
});

describe('within its limits a tree', () => {
  it('runs to its own end, pages shared with a parent counted once', async () => {
    const program = 'my $a = "x" x 40000000; for (1 .. 5) { if (!fork) { sleep 1; exit } } 1 while wait > 0';
    const process = await start(
      '',
      { maxMemoryBytes: 150 * MiB, maxPids: 10, maxCpuSecs: 60 },
      perl(program),
    );
    expect(await process.exited).toEqual({ code: 0, signal: null, reason: 'self' });
    const peak = process.view().usage?.peakMemoryBytes ?? 0;
    expect(peak).toBeGreaterThan(40 * MiB);
    expect(peak).toBeLessThan(150 * MiB);
  });

  it('is told the CPU time of children that have ended, also of those that init adopted', async () => {
    const burn = 'i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done';
    const process = await start(`(${burn}); (sh -c '${burn}' &); sleep 0.1; echo; sleep 100`);
    await until(() => process.view().stdout.produced > 0);
    await until(() => (process.info().usage?.cpuMs ?? 0) >= 200);
    const seen = process.info().usage?.cpuMs ?? 0;
    await process.kill('killed');
    // The last known stays, and time does not run backwards.
    expect(process.view().usage?.cpuMs).toBeGreaterThanOrEqual(seen);
  });

  it('is told what it used when it was a short program, of the synchronous tier too', async () => {
    const program = 'my $a = "x" x 30000000; 1 for 1 .. 9000000';
    const { stdin: _none, ...spec } = await script(workspace, '', perl(program));
    const process = await registry.spawn(owner, 'sync', spec);
    await process.exited;
    const { usage } = process.view();
    // A third of its time may have gone by since the last look, in steps of 10 ms.
    expect(usage?.cpuMs).toBeGreaterThan(20);
    expect(usage?.peakMemoryBytes).toBeGreaterThan(30_000_000);
  });
});

describe('the plan of limits', () => {
  it('always has limits, and keeps what was asked for below them', () => {
    const half = Math.floor(totalmem() / 2);
    expect(planLimits(undefined, 60_000)).toEqual({
      kernel: { maxPids: 512, maxOpenFiles: 1024 },
      tree: { memoryBytes: half, cpuMs: null, tasks: 512, asked: false },
    });
    const huge = { maxMemoryBytes: 2 ** 50, maxCpuSecs: 2 ** 40, maxPids: 1e9, maxOpenFiles: 1e9 };
    expect(planLimits(huge, 60_000)).toEqual({
      kernel: { maxMemoryBytes: half, maxCpuSecs: 60, maxPids: 1024, maxOpenFiles: 4096 },
      tree: { memoryBytes: half, cpuMs: 60_000, tasks: 1024, asked: true },
    });
    const small = { maxMemoryBytes: 1, maxCpuSecs: 1, maxPids: 1, maxOpenFiles: 1 };
    expect(planLimits(small, 60_000).kernel).toEqual(small);
  });
});

describe('the watch', () => {
  const limits = { memoryBytes: 100, cpuMs: 50, tasks: 10, asked: true };
  const sample = {
    tasks: 10,
    cpuMs: 49,
    memoryBytes: 100,
    exact: true,
    largestProcessBytes: 1000,
    pids: [],
    stopped: false,
  };

  it.each([
    [{}, null],
    [{ tasks: 11 }, 'pids-limit'],
    [{ memoryBytes: 101 }, 'memory-limit'],
    [{ cpuMs: 50 }, 'cpu-limit'],
  ])('judges %j as %s', (more, reason) => {
    expect(exceeded({ ...sample, ...more }, limits)).toBe(reason);
  });

  it('judges no CPU time when there is no limit of it', () => {
    expect(exceeded({ ...sample, cpuMs: 1e9 }, { ...limits, cpuMs: null })).toBeNull();
  });

  it('looks often at the beginning and where something is at stake, and seldom at what rests', () => {
    const asked = [1, 16, 60, 1000].map((age) => pauseAfter(age, limits, sample, sample));
    expect(asked).toEqual([5, 8, 30, 50]);
    const unasked = { ...limits, asked: false };
    expect(pauseAfter(9000, unasked, sample, { ...sample, cpuMs: 40 })).toBe(250);
    expect(pauseAfter(9000, unasked, sample, sample)).toBe(1000);
  });

  it('looks no more once it was told to stop, or has told', async () => {
    let looks = 0;
    const told: string[] = [];
    const watch = new ResourceWatch();
    const child = { look: () => ({ ...sample, tasks: (looks += 1) }) };
    const stop = watch.add({
      child,
      limits: { ...limits, tasks: 3 },
      onLook: () => undefined,
      onExceeded: (why) => told.push(why),
    });
    const quiet = watch.add({
      child: { look: () => null },
      limits,
      onLook: () => told.push('a look at nothing'),
      onExceeded: (why) => told.push(why),
    });
    await until(() => told.length > 0);
    expect([looks, told]).toEqual([4, ['pids-limit']]);
    stop.end();
    quiet.end();
  });
});
