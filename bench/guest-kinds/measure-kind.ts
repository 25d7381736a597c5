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
    ask: await takeTurns(ROUNDS, {
      ours: () => timeOfRequest(kind.guests, components.ask),
      reference: async () =>
        median(await timesBetweenRequests(kind.bare, SMALL_REQUESTS, SMALL_BYTES, SMALL_BYTES)),
    }),
    put: await takeTurns(ROUNDS, {
      ours: () => timeOfRequest(kind.guests, components.put),
      reference: async () =>
        median(await timesBetweenRequests(kind.bare, LARGE_REQUESTS, MEBIBYTE, SMALL_BYTES)),
    }),
    get: await takeTurns(ROUNDS, {
      ours: () => timeOfRequest(kind.guests, components.get),
      reference: async () => median(await timesOfCopies(kind.bare, LARGE_REQUESTS, MEBIBYTE)),
    }),
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

async function takeTurns(
  rounds: number,
  { ours, reference }: Readonly<Record<keyof Compared, () => Promise<number>>>,
): Promise<Compared> {
  const times: Record<keyof Compared, number[]> = { ours: [], reference: [] };
  // The first of each warms up.
  for (let round = -1; round < rounds; round += 1) {
    const [our, other] = [await ours(), await reference()];
    if (round >= 0) {
      times.ours.push(our);
      times.reference.push(other);
    }
  }
  return times;
}

const megabyte = new Uint8Array(MEBIBYTE);
/** The shape of a value that the operation has. */
const answers: Readonly<Record<string, Outcome>> = {
  'astrid:kv/host@1.0.0#kv-get': { tag: 'ok', value: megabyte },
};
const nothing: Outcome = { tag: 'ok', value: undefined };

/** The host sees from one request to the next what a whole round trip takes. */
async function timeOfRequest(guests: GuestProcesses, component: PlannedComponent): Promise<number> {
  const asked: number[] = [];
  const instance = await create(guests, component, (operation) => {
    asked.push(performance.now());
    return Promise.resolve(answers[operation] ?? nothing);
  });
  await call(instance, component);
  await instance.terminate();
  return median(intervals(asked));
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
