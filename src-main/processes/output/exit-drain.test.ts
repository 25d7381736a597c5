import { closeSync, openSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import { readProcessStat } from '../../os/proc/process-stats.ts';
import { SandboxSpawner } from '../../os/child/spawn.ts';
import { OS_THREADS, makeWorkspace, script, until } from '../../os/testing.ts';
import { EXIT_DRAIN_MS } from '../limits.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import type { ProcessSpec } from '../process/spec.ts';
import { ProcessRegistry } from '../registry/registry.ts';

const spawner = new SandboxSpawner(OS_THREADS);
const { path: workspace, remove } = makeWorkspace();
const owner = { capsule: 'c', principal: 'p', call: null };
const live: ProcessRegistry[] = [];

/** Starts a script; `seen` gets its child before the process does. */
async function start(
  text: string,
  more: Partial<ProcessSpec> = {},
  seen: (child: SandboxedChild) => void = () => undefined,
): Promise<ManagedProcess> {
  const registry = new ProcessRegistry({
    clock: systemClock,
    spawn: async (spec) => {
      const child = await spawner.spawn(spec);
      seen(child);
      return child;
    },
  });
  live.push(registry);
  const { stdin: _none, ...spec } = await script(workspace, text);
  return registry.spawn(owner, 'persistent', { ...spec, ...more });
}

/** Holds this thread up, so that nothing is read and no event is told. */
function stallWhile(condition: (elapsed: number) => boolean): void {
  const since = performance.now();
  while (condition(performance.now() - since));
}

afterEach(async () => {
  await Promise.all(live.splice(0).map((registry) => registry.dispose()));
});

afterAll(async () => {
  await spawner.dispose();
  remove();
});

describe('the output of a program that has ended', () => {
  it('comes whole though the thread is held up, in the moment of the end, for longer than it is waited for', async () => {
    const longer = EXIT_DRAIN_MS + 200;
    const process = await start(
      'head -c 60000 /dev/zero; head -c 50000 /dev/zero >&2',
      { overflow: 'backpressure', ringBytes: 4096 },
      (child) => {
        // Some reactions later: the process has heard of the end by then and waits for its output.
        const stall = (): void => stallWhile((elapsed) => elapsed < longer);
        void child.exited
          .then(() => undefined)
          .then(() => undefined)
          .then(() => undefined)
          .then(stall);
      },
    );
    expect(await process.exited).toMatchObject({ code: 0 });
    expect(process.drain('stdout', Infinity)).toMatchObject({ start: 0, next: 60_000, lost: 0, end: true });
    expect(process.drain('stderr', Infinity)).toMatchObject({ start: 0, next: 50_000, lost: 0, end: true });
  });
});

describe('a program that has ended by itself', () => {
  /** One that ends on its next line of input while somebody else holds its output open: its end is known, its process not settled. */
  async function endedButHeld(): Promise<{ readonly process: ManagedProcess; readonly letGo: () => void }> {
    let child: SandboxedChild | undefined;
    const process = await start('read line; exit 3', { keepStdinOpen: true }, (started) => (child = started));
    const held = openSync(`/proc/${String(process.view().osPid)}/fd/1`, 'w');
    await process.writeStdin(Buffer.from('go\n'));
    await child?.exited;
    return { process, letGo: () => closeSync(held) };
  }

  it.each([
    ['a kill', (process: ManagedProcess) => void process.kill('killed')],
    ['a stop', (process: ManagedProcess) => void process.stop(0, 'stopped')],
    ['the end of its lifetime', (process: ManagedProcess) => void process.stop(5_000, 'lifetime')],
  ])('has ended by itself whatever comes while its output is taken in: %s', async (_, comes) => {
    const { process, letGo } = await endedButHeld();
    expect([process.exit, process.live, process.phase]).toEqual([null, false, 'running']);
    comes(process);
    expect([process.phase, process.view().stop, process.cancelStop()]).toEqual(['running', null, false]);
    letGo();
    expect(await process.exited).toEqual({ code: 3, signal: null, reason: 'self' });
  });

  it('has not been killed by a KILL that came after its end, though nobody here knew of that yet', async () => {
    const process = await start('read line; exit 3', { keepStdinOpen: true });
    const init = readProcessStat(process.view().osPid ?? 0)?.parent ?? 0;
    const bubblewrap = readProcessStat(init)?.parent ?? 0;
    // Reaped by the launcher's thread, which nobody holds up, or about to be.
    const isOver = (): boolean => [undefined, 'Z'].includes(readProcessStat(bubblewrap)?.state);
    await process.writeStdin(Buffer.from('go\n'));
    stallWhile((elapsed) => !isOver() && elapsed < 10_000);
    expect([isOver(), process.exit]).toEqual([true, null]);
    expect(await process.kill('killed')).toEqual({ code: 3, signal: null, reason: 'self' });
  });
});

describe('a stop that is called off', () => {
  it('tells everybody who waits for it, and the next one is carried out', async () => {
    const process = await start('trap "" TERM; echo up; while :; do sleep 0.01; done');
    await until(() => process.view().stdout.produced > 0);
    const both = Promise.all([process.stop(30_000, 'stopped'), process.stop(20_000, 'stopped')]);
    expect(process.cancelStop()).toBe(true);
    expect(await both).toEqual([null, null]);
    expect(process.phase).toBe('running');
    expect(await process.stop(20, 'stopped')).toEqual({ code: null, signal: 9, reason: 'stopped' });
  });
});
