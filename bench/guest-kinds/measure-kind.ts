import { setTimeout as pause } from 'node:timers/promises';
import type { Outcome } from '../../src-main/base/outcome.ts';
import { GuestInstance } from '../../src-main/runtime/instance/instance.ts';
import { hostOf, instanceOptions } from '../../src-main/runtime/instance/testing.ts';
import type { PlannedComponent } from '../../src-main/runtime/component/planned-component.ts';
import type { GuestProcesses } from '../../src-main/runtime/guest-process/guest-process.ts';
import { intervals, timesBetweenRequests, timesOfCopies, type BarePeer } from './bare.ts';
import {
  LARGE_REQUESTS,
  MEBIBYTE,
  MEMORY_LIMIT_BYTES,
  SMALL_REQUESTS,
  type BenchComponents,
} from './components.ts';
import { privateBytes } from './private-memory.ts';

/** Odd, so that the median is one of them. */
const ROUNDS = 7;
const FIRST_CALLS = 9;
/** A request without arguments and its answer have about as many. */
const SMALL_BYTES = 8;
const IDLE_INSTANCES = 6;
/** After its last call what an instance has no more use for is collected. */
const IDLE_MS = 2_000;
const CALL_TIMEOUT_MS = 60_000;

/** One kind of guest process and what it is compared with. */
export interface BenchedKind {
  readonly guests: GuestProcesses;
  /** Processes that were started for it, the kept one last. */
  readonly pids: readonly number[];
  /** Resolves when one is kept ready. */
  readonly spareReady: () => Promise<unknown>;
  readonly threads: GuestProcesses;
  readonly bare: BarePeer;
}

/** Medians of rounds, ours and the reference's, which took turns. */
export interface Compared {
  readonly ours: readonly number[];
  readonly reference: readonly number[];
  /** Ours in the round before them, in which both warmed up. */
  readonly cold?: number;
}

export interface KindFigures {
  /** Milliseconds of one call of the host, against a message there and back. */
  readonly ask: Compared;
  /** Milliseconds of a call with 1 MiB, against a copy of as much. */
  readonly put: Compared;
  readonly get: Compared;
  /** Milliseconds from nothing to the first call's end, against a thread. */
  readonly first: Readonly<Record<'small' | 'script', Compared>>;
  /** Private bytes of an idle instance's process, against what a thread adds to this one. */
  readonly memory: Readonly<Record<'small' | 'script', Compared>>;
}

/** Measures all of it in this process, which has to be the one that hosts such guests. */
export async function measureKind(kind: BenchedKind, components: BenchComponents): Promise<KindFigures> {
  return {
    ask: await requests(kind.guests, components.ask, () =>
      timesBetweenRequests(kind.bare, SMALL_REQUESTS, SMALL_BYTES, SMALL_BYTES),
    ),
    put: await requests(kind.guests, components.put, () =>
      timesBetweenRequests(kind.bare, LARGE_REQUESTS, MEBIBYTE, SMALL_BYTES),
    ),
    get: await requests(kind.guests, components.get, () =>
      timesOfCopies(kind.bare, LARGE_REQUESTS, MEBIBYTE),
    ),
    first: {
      small: await firstCalls(kind, components.small),
      script: await firstCalls(kind, components.script),
    },
    memory: {
      small: await idleMemory(kind, components.small),
      script: await idleMemory(kind, components.script),
    },
  };
}

type Turn = 'ours' | 'reference';

async function takeTurns(
  rounds: number,
  { ours, reference }: Readonly<Record<Turn, () => Promise<number>>>,
): Promise<Compared> {
  // The first of each warms up.
  const cold = await ours();
  await reference();
  const times: Record<Turn, number[]> = { ours: [], reference: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.ours.push(await ours());
    times.reference.push(await reference());
  }
  return { ...times, cold };
}

const megabyte = new Uint8Array(MEBIBYTE);
/** The shape of a value that the operation has. */
const answers: Readonly<Record<string, Outcome>> = {
  'astrid:kv/host@1.0.0#kv-get': { tag: 'ok', value: megabyte },
};
const nothing: Outcome = { tag: 'ok', value: undefined };

/**
 * The host sees from one request to the next what a whole round trip takes. One instance makes all rounds, as one bare process
 * does: both have the memory that such messages take.
 */
async function requests(
  guests: GuestProcesses,
  component: PlannedComponent,
  reference: () => Promise<readonly number[]>,
): Promise<Compared> {
  let asked: number[] = [];
  const instance = await create(guests, component, (operation) => {
    asked.push(performance.now());
    return Promise.resolve(answers[operation] ?? nothing);
  });
  const compared = await takeTurns(ROUNDS, {
    async ours() {
      asked = [];
      await call(instance, component);
      return median(intervals(asked));
    },
    reference: async () => median(await reference()),
  });
  await instance.terminate();
  return compared;
}

async function firstCalls(
  { guests, threads, spareReady }: BenchedKind,
  component: PlannedComponent,
): Promise<Compared> {
  const first = async (kind: GuestProcesses): Promise<number> => {
    const loaded = await kind.load(component);
    await spareReady();
    const started = performance.now();
    const instance = new GuestInstance(optionsOf(kind, loaded));
    await call(instance, component);
    const took = performance.now() - started;
    await instance.terminate();
    return took;
  };
  return takeTurns(FIRST_CALLS, { ours: () => first(guests), reference: () => first(threads) });
}

async function idleMemory(kind: BenchedKind, component: PlannedComponent): Promise<Compared> {
  const ours: GuestInstance[] = [];
  const taken: number[] = [];
  for (let count = 0; count < IDLE_INSTANCES; count += 1) {
    await kind.spareReady();
    const spare = kind.pids.at(-1) ?? 0;
    ours.push(await called(kind.guests, component));
    taken.push(spare);
  }
  await pause(IDLE_MS);
  const memory = taken.map(privateBytes);
  await Promise.all(ours.map((instance) => instance.terminate()));
  // What the first one adds is added once.
  const threads = [await called(kind.threads, component)];
  await pause(IDLE_MS);
  const before = privateBytes(process.pid);
  for (let count = 0; count < IDLE_INSTANCES; count += 1) {
    threads.push(await called(kind.threads, component));
  }
  await pause(IDLE_MS);
  const each = (privateBytes(process.pid) - before) / IDLE_INSTANCES;
  await Promise.all(threads.map((instance) => instance.terminate()));
  return { ours: memory, reference: [each] };
}

async function called(guests: GuestProcesses, component: PlannedComponent): Promise<GuestInstance> {
  const instance = await create(guests, component);
  await call(instance, component);
  return instance;
}

async function create(
  guests: GuestProcesses,
  component: PlannedComponent,
  answer: (operation: string) => Promise<Outcome> = () => Promise.resolve(nothing),
): Promise<GuestInstance> {
  return new GuestInstance(optionsOf(guests, await guests.load(component), answer));
}

function optionsOf(
  guestProcesses: GuestProcesses,
  component: Awaited<ReturnType<GuestProcesses['load']>>,
  answer: (operation: string) => Promise<Outcome> = () => Promise.resolve(nothing),
): ConstructorParameters<typeof GuestInstance>[0] {
  const pipeline = hostOf(answer);
  return instanceOptions({ guestProcesses, component, memoryLimitBytes: MEMORY_LIMIT_BYTES, pipeline });
}

/** What it exports, once: a loop's work, or an action of any name. */
async function call(instance: GuestInstance, { exports }: PlannedComponent): Promise<void> {
  const options = { invocation: null, timeoutMs: CALL_TIMEOUT_MS };
  const end = exports.includes('run')
    ? await instance.call('run', [], options)
    : await instance.call('astridHookTrigger', ['any', new Uint8Array()], options);
  if (end.kind !== 'returned') {
    throw new Error(`the bench's guest ended: ${JSON.stringify(end)}`);
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
