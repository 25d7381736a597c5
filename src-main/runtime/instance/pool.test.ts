import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readComponentHeader } from '../../capsules/component/header.ts';
import { resource } from '../../host/pipeline/resource.ts';
import { guestFolder } from '../../testing/guests.ts';
import { WORKER_FOLDER } from '../../testing/kernel.ts';
import { planComponent } from '../component/planned-component.ts';
import type { CallOutcome } from './call-outcome.ts';
import { GuestInstance } from './instance.ts';
import { InstanceBudget } from './instance-budget.ts';
import { createInstancePool, type InstancePool } from './pool.ts';
import type { LoadedComponent } from '../guest-process/guest-process.ts';
import { createGuestThreads } from '../guest-process/guest-threads.ts';
import { transpile, type TranspiledComponent } from '../component/transpile.ts';
import { instanceOptions } from './testing.ts';

const threads = createGuestThreads(join(WORKER_FOLDER, 'guest-worker.js'));
const load = (component: TranspiledComponent, limitBytes: number): Promise<LoadedComponent> =>
  threads.load(planComponent(component, limitBytes));

const LIMIT_BYTES = 64 * 1_024 * 1_024;

let component: LoadedComponent;

beforeAll(async () => {
  const bytes = await readFile(join(guestFolder('trap'), 'build', 'trap.wasm'));
  const imports = readComponentHeader(bytes).imports.map(({ name }) => name);
  component = await load(await transpile(bytes, imports), LIMIT_BYTES);
});

function newInstance(): GuestInstance {
  return new GuestInstance(
    instanceOptions({
      guestProcesses: threads,
      component,
      memoryLimitBytes: LIMIT_BYTES,
    }),
  );
}

function poolOf(
  limit: number,
  budget = new InstanceBudget(),
): { readonly pool: InstancePool; readonly made: () => number } {
  let made = 0;
  const pool = createInstancePool(
    () => {
      made += 1;
      return newInstance();
    },
    limit,
    budget,
  );
  onTestFinished(() => pool.dispose());
  return { pool, made: () => made };
}

const call = (instance: GuestInstance, action: string): Promise<CallOutcome> =>
  instance.call('astridHookTrigger', [action, new Uint8Array()], { invocation: null, timeoutMs: 5_000 });

describe('a pool of instances', () => {
  it('gives the one that was used last, and makes another only when that is busy', async () => {
    const { pool, made } = poolOf(2);
    const first = await pool.take();
    pool.give(first);
    await expect(pool.take()).resolves.toBe(first);
    const second = await pool.take();
    expect(second).not.toBe(first);
    expect(made()).toBe(2);
    pool.give(first);
    pool.give(second);
    await expect(pool.take()).resolves.toBe(second);
  });

  it('lets callers beyond the limit wait in order', async () => {
    const { pool, made } = poolOf(1);
    const order: string[] = [];
    const only = await pool.take();
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      const instance = await pool.take();
      order.push(name);
      pool.give(instance);
    });
    expect(order).toEqual([]);
    pool.give(only);
    await Promise.all(waiting);
    expect([order, made()]).toEqual([['a', 'b', 'c'], 1]);
  });

  it('forgets who gave up waiting', async () => {
    const { pool } = poolOf(1);
    const only = await pool.take();
    const patience = new AbortController();
    const impatient = pool.take(patience.signal);
    const patient = pool.take();
    patience.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    pool.give(only);
    await expect(patient).resolves.toBe(only);
    await expect(pool.take(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });

  it('puts a new one in the place of one that trapped', async () => {
    const { pool, made } = poolOf(1);
    const first = await pool.take();
    const waiting = pool.take();
    await expect(call(first, 'throw')).resolves.toMatchObject({ kind: 'trapped' });
    pool.give(first);
    const second = await waiting;
    expect(second).not.toBe(first);
    await expect(call(second, 'ping')).resolves.toMatchObject({ kind: 'returned' });
    pool.give(second);
    expect(made()).toBe(2);
    expect(pool.instances()).toEqual([second]);
  });

  it('answers a call to an instance that is gone with how it ended', async () => {
    const { pool } = poolOf(1);
    const instance = await pool.take();
    await instance.terminate();
    await expect(call(instance, 'ping')).resolves.toMatchObject({ kind: 'cancelled' });
  });

  it('turns everybody away when it is disposed, and ends every instance', async () => {
    const { pool } = poolOf(1);
    const only = await pool.take();
    const waiting = pool.take().catch((error: unknown) => error);
    await pool.dispose();
    await expect(waiting).resolves.toMatchObject({ code: 'capsule-disabled' });
    pool.give(only);
    expect(only.alive).toBe(false);
    expect(pool.instances()).toEqual([]);
    await expect(pool.take()).rejects.toMatchObject({ code: 'capsule-disabled' });
  });

  it('tells only the one who asked that an instance cannot be made', async () => {
    let broken = true;
    const pool = createInstancePool(
      () => {
        if (broken) {
          throw new Error('no more threads');
        }
        return newInstance();
      },
      1,
      new InstanceBudget(),
    );
    onTestFinished(() => pool.dispose());
    await expect(pool.take()).rejects.toThrow('no more threads');
    broken = false;
    await expect(pool.take()).resolves.toBeInstanceOf(GuestInstance);
  });
});

describe('the budget of all pools', () => {
  it('ends the idle instance that was not used for longest, whose pool ever it is of', async () => {
    const budget = new InstanceBudget({ idle: 2 });
    const pools = [poolOf(2, budget), poolOf(2, budget), poolOf(2, budget)].map(({ pool }) => pool);
    const instances = await Promise.all(pools.map((pool) => pool.take()));
    instances.forEach((instance, index) => pools[index]?.give(instance));
    expect(instances.map(({ alive }) => alive)).toEqual([false, true, true]);
    const [, second] = pools;
    // A use makes it the latest.
    second?.give(await second.take());
    const { pool } = poolOf(1, budget);
    pool.give(await pool.take());
    expect(instances.map(({ alive }) => alive)).toEqual([false, true, false]);
    await expect.poll(() => pools.map((each) => each.unused())).toEqual([true, false, true]);
  });

  it('counts what the memories take', async () => {
    const budget = new InstanceBudget({ idleBytes: 11 * 1_024 * 1_024 + 200_000 });
    const { pool } = poolOf(2, budget);
    const [first, second] = await Promise.all([pool.take(), pool.take()]);
    await call(first, 'ping');
    pool.give(first);
    expect(first.memoryBytes).toBeGreaterThan(200_000);
    expect([first.alive, second.alive]).toEqual([false, true]);
    pool.give(second);
    expect(second.alive).toBe(true);
  });

  it('ends none with live handles, and makes no more than its total', async () => {
    const budget = new InstanceBudget({ instances: 2, idle: 0 });
    const [one, other] = [poolOf(2, budget).pool, poolOf(2, budget).pool];
    const held = await one.take();
    held.handles.insert(resource<string>()('test#thing'), 'one');
    one.give(held);
    const busy = await other.take();
    await expect(other.take()).rejects.toMatchObject({ code: 'too-many-instances' });
    expect([held.alive, busy.alive]).toEqual([true, true]);
    other.give(busy);
    expect([held.alive, busy.alive]).toEqual([true, false]);
    await expect(other.take()).resolves.toMatchObject({ alive: true });
  });
});
