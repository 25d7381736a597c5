import { afterAll, afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { fakeClock } from '../base/testing.ts';
import { deferred } from '../base/deferred.ts';
import type { SandboxedChild } from '../os/child/child.ts';
import { SandboxSpawner } from '../os/child/spawn.ts';
import { OS_THREADS, makeWorkspace, script } from '../os/testing.ts';
import type { ManagedProcess } from '../processes/process/managed-process.ts';
import type { ProcessOwner, ProcessSpec, Spawn } from '../processes/process/spec.ts';
import { ProcessRegistry } from '../processes/registry/registry.ts';
import { MessageBus } from './bus.ts';
import { ProcessWatches } from './process-watches.ts';
import type { Subscription } from './subscription.ts';

const spawner = new SandboxSpawner(OS_THREADS);
const { path: workspace, remove } = makeWorkspace();
const { stdin: _none, ...shell } = await script(workspace, '');
const owner: ProcessOwner = { capsule: 'tools', principal: 'ann', call: null };
const live: ProcessRegistry[] = [];

afterEach(async () => {
  await Promise.all(live.splice(0).map((registry) => registry.dispose()));
});

afterAll(async () => {
  await spawner.dispose();
  remove();
});

function sh(text: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  return { ...shell, args: ['-c', text], ...more };
}

function setUp(spawn: Spawn = (spec) => spawner.spawn(spec)) {
  const clock = fakeClock();
  const registry = new ProcessRegistry({ spawn, clock });
  live.push(registry);
  const bus = new MessageBus();
  onTestFinished(() => bus.dispose());
  const watches = new ProcessWatches(registry, bus);
  const listen = (who: Partial<ProcessOwner> = {}): Subscription =>
    bus.subscribe({ pattern: 'astrid.process.v1.*', ...owner, ...who, hearsHost: false });
  const start = (text: string, more: Partial<ProcessSpec> = {}): Promise<ManagedProcess> =>
    registry.spawn(owner, 'persistent', sh(text, more));
  const sweepAfter = (ms: number): void => {
    clock.pass(ms);
    registry.sweep();
  };
  return { registry, watches, listen, start, sweepAfter };
}

const heard = (subscription: Subscription): { topic: string; payload: unknown }[] =>
  subscription
    .take()
    .messages.map(({ topic, payload }) => ({ topic, payload: JSON.parse(payload) as unknown }));

describe('a watched process', () => {
  it('tells its end once, to its owner only, with all that the owner needs', async () => {
    const { watches, listen, start } = setUp();
    const mine = listen();
    const others = [listen({ principal: 'bob' }), listen({ capsule: 'games' })];
    const process = await start('exit 3', { label: 'job' });
    watches.watch(process, 'one');
    watches.watch(process, 'job');
    await process.exited;
    expect(heard(mine)).toEqual([
      {
        topic: 'astrid.process.v1.exited.job',
        payload: {
          id: process.id,
          label: 'job',
          phase: 'exited',
          exit_code: 3,
          signal: null,
          reason: 'self-exit',
        },
      },
    ]);
    expect(others.flatMap(heard)).toEqual([]);
  });

  it.each<
    [
      string,
      (process: ManagedProcess, more: Pick<ReturnType<typeof setUp>, 'registry' | 'sweepAfter'>) => unknown,
      string,
    ]
  >([
    ['a stop', (process) => process.stop(0, 'stopped'), 'killed'],
    ['a kill', (process) => process.kill('killed'), 'killed'],
    ['a cancelled call', (process) => process.kill('cancelled'), 'killed'],
    ['a signal that it does not handle', (process) => process.signal('usr1'), 'killed'],
    ['its life time', (process) => process.stop(0, 'lifetime'), 'reaped-ttl'],
    ['its idle time', (_process, { sweepAfter }) => sweepAfter(31 * 60_000), 'reaped-ttl'],
    ['the unloading of its capsule', (process) => process.stop(0, 'unloaded'), 'reaped-shutdown'],
    ['the end of the application', (_process, { registry }) => registry.dispose(), 'reaped-shutdown'],
  ])('says why it ended: %s', async (_name, end, reason) => {
    const { watches, listen, start, ...more } = setUp();
    const mine = listen();
    const process = await start('sleep 30');
    watches.watch(process, null);
    await end(process, more);
    await process.exited;
    expect(heard(mine)).toMatchObject([
      { topic: `astrid.process.v1.exited.${process.id}`, payload: { phase: 'exited', reason } },
    ]);
  });

  it('tells nothing after unwatch, and after it was watched again everything', async () => {
    const { watches, listen, start } = setUp();
    const mine = listen();
    const process = await start('sleep 30');
    watches.unwatch(process);
    watches.watch(process, null);
    watches.unwatch(process);
    await process.kill('killed');
    expect(heard(mine)).toEqual([]);
    watches.watch(process, null);
    expect(heard(mine)).toHaveLength(1);
  });

  it('that has ended is told of at once, and once, even if it is forgotten meanwhile', async () => {
    const { registry, watches, listen, start } = setUp();
    const process = await start('true');
    await process.exited;
    // Nobody listens yet.
    watches.watch(process, 'gone');
    const mine = listen();
    watches.watch(process, 'gone');
    watches.watch(process, 'gone');
    expect(heard(mine)).toMatchObject([{ topic: 'astrid.process.v1.exited.gone' }]);
    registry.release(process);
    expect(heard(mine)).toEqual([]);
  });

  it('tells that it runs when it was watched before it did', async () => {
    const begin = deferred<undefined>();
    const { registry, watches, listen, start } = setUp(async (spec): Promise<SandboxedChild> => {
      await begin.promise;
      return spawner.spawn(spec);
    });
    const mine = listen();
    const starting = start('true');
    const process = registry.list(owner, null)[0];
    if (process === undefined) {
      throw new Error('a starting process is in the list');
    }
    watches.watch(process, 'soon');
    begin.resolve(undefined);
    await starting;
    await process.exited;
    expect(heard(mine)).toMatchObject([
      { topic: 'astrid.process.v1.running.soon', payload: { id: process.id, phase: 'running' } },
      { topic: 'astrid.process.v1.exited.soon', payload: { exit_code: 0, reason: 'self-exit' } },
    ]);
  });

  it.each([[''], ['a.b'], ['*'], ['a b'], ['é'], ['a'.repeat(231)]])('takes no suffix %j', async (suffix) => {
    const { watches, start } = setUp();
    const process = await start('true');
    expect(() => watches.watch(process, suffix)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  it('tells nothing any more once the watches have ended', async () => {
    const { watches, listen, start } = setUp();
    const mine = listen();
    const process = await start('sleep 30');
    watches.watch(process, null);
    watches.dispose();
    await process.kill('killed');
    expect(heard(mine)).toEqual([]);
  });
});
