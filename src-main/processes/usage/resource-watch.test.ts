import { totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { deferred, type Deferred } from '../../base/deferred.ts';
import type { TreeSample } from '../../os/proc/tree-usage.ts';
import type { ResourceLimits } from '../../os/sandbox/spec/spec.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { OS_THREADS, makeWorkspace, script, until } from '../../os/testing.ts';
import type { ScriptOptions } from '../../os/testing.ts';
import { planLimits } from './child-limits.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { ProcessRegistry } from '../registry/registry.ts';
import { FIRST_LOOK_MS } from '../limits.ts';
import { exceeded, pauseAfter, ResourceWatch } from './resource-watch.ts';

const MiB = 1024 * 1024;
const spawner = new SandboxSpawner(OS_THREADS);
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

  it.runIf(process.arch === 'x64')(
    'one that has the init of its sandbox do the work (by machine code of x86-64)',
    async () => {
      // Where init waits in the kernel it gets a jump to itself, and an orphan to come back for.
      const possess = `
      open(S, "<", "/proc/1/syscall"); my $at = hex((split / /, <S>)[-1]);
      open(M, "+<", "/proc/1/mem"); sysseek(M, $at, 0); syswrite(M, "\\xEB\\xFE");
      unless (fork) { unless (fork) { select(undef, undef, undef, 0.1); exit } exit } wait; sleep 100`;
      const possessing = await start('', { maxCpuSecs: 1 }, perl(possess));
      expect(await possessing.exited).toEqual({ code: null, signal: 9, reason: 'cpu-limit' });
    },
  );
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

/** Whatever else is started on the machine meanwhile makes no tree be looked at before its time. */
const oneTask = (): number => 1;

describe('the watch', () => {
  const limits = { memoryBytes: 100, cpuMs: 50, tasks: 10, asked: true };
  const sample = {
    tasks: 10,
    cpuMs: 49,
    memoryBytes: 100,
    exact: true,
    largestProcessBytes: 1000,
    seen: { time: { at: 0, ms: 0, processes: new Map() }, others: null, scan: null },
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
    const child = { look: () => Promise.resolve({ ...sample, tasks: (looks += 1) }) };
    const stop = watch.add({
      child,
      limits: { ...limits, tasks: 3 },
      onLook: () => undefined,
      onExceeded: (why) => told.push(why),
    });
    const quiet = watch.add({
      child: { look: () => Promise.resolve(null) },
      limits,
      onLook: () => told.push('a look at nothing'),
      onExceeded: (why) => told.push(why),
    });
    await until(() => told.length > 0);
    expect([looks, told]).toEqual([4, ['pids-limit']]);
    stop.end();
    quiet.end();
  });

  const quietly = { onLook: () => undefined, onExceeded: () => undefined };

  it('has one look under way, and hears no more of a tree that it was told to leave', async () => {
    const watch = new ResourceWatch();
    const looks: Deferred<TreeSample | null>[] = [];
    const look = (): Promise<TreeSample | null> => {
      const one = deferred<TreeSample | null>();
      looks.push(one);
      return one.promise;
    };
    const told: string[] = [];
    const first = watch.add({
      child: { look },
      limits,
      onLook: () => told.push('left'),
      onExceeded: () => undefined,
    });
    const second = watch.add({
      child: { look },
      limits,
      onLook: () => told.push('kept'),
      onExceeded: () => undefined,
    });
    await until(() => looks.length > 0);
    first.attend();
    second.attend();
    await pause(3 * FIRST_LOOK_MS);
    expect(looks).toHaveLength(1);
    first.end();
    looks[0]?.resolve(sample);
    await until(() => looks.length > 1);
    looks[1]?.resolve(sample);
    await until(() => told.length > 0);
    expect(told).toEqual(['kept']);
    second.end();
  });

  it('rests as long as its looks took', async () => {
    let now = 0;
    const watch = new ResourceWatch(() => now, oneTask);
    const at: number[] = [];
    const look = (): Promise<TreeSample> => {
      at.push(now);
      now += 200;
      return Promise.resolve(sample);
    };
    const watching = watch.add({ child: { look }, limits, ...quietly });
    // The tree itself is due again 50 ms after the first look, which has taken 200.
    await until(() => {
      now += 10;
      return at.length > 1;
    });
    expect(at[1]).toBeGreaterThanOrEqual(400);
    watching.end();
  });

  it('lets no tree wait for the next look at one whose last took long, which rests as long by itself', async () => {
    let now = 0;
    const watch = new ResourceWatch(() => now, oneTask);
    const asked: [at: number, long: boolean][] = [];
    const answers: Deferred<TreeSample>[] = [];
    const slow = {
      look: ({ long }: { long?: boolean } = {}) => {
        asked.push([now, long === true]);
        answers.push(deferred());
        return answers.at(-1)?.promise ?? Promise.resolve(null);
      },
    };
    let others = 0;
    const other = { look: () => Promise.resolve({ ...sample, tasks: (others += 1) }) };
    const watching = [slow, other].map((child) => watch.add({ child, limits, ...quietly }));
    const passes = async (condition: () => boolean): Promise<void> =>
      until(() => {
        now += 10;
        return condition();
      });
    await until(() => answers.length === 1);
    expect(others).toBe(0);
    now += 300;
    answers[0]?.resolve(sample);
    await passes(() => answers.length === 2);
    const before = others;
    // However long that takes.
    await passes(() => others > before + 3);
    expect(answers).toHaveLength(2);
    const ended = (now += 1000);
    const took = ended - (asked[1]?.[0] ?? 0);
    answers[1]?.resolve(sample);
    await pause(0);
    watching[0]?.attend();
    await passes(() => answers.length === 3);
    expect(asked.map(([, long]) => long)).toEqual([false, true, true]);
    expect(asked[2]?.[0]).toBeGreaterThanOrEqual(ended + took);
    watching.forEach((each) => each.end());
    answers[2]?.resolve(sample);
  });

  it('looks again after a look that failed', async () => {
    let looks = 0;
    const watch = new ResourceWatch();
    const child = {
      look: () => {
        looks += 1;
        return looks === 1 ? Promise.reject(new Error('the thread was lost')) : Promise.resolve(sample);
      },
    };
    const seen: number[] = [];
    const watching = watch.add({ child, limits, ...quietly, onLook: ({ tasks }) => seen.push(tasks) });
    await until(() => seen.length > 0);
    expect([looks >= 2, seen[0]]).toEqual([true, 10]);
    watching.end();
  });
});
