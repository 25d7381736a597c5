import { hostInterfaces } from '../src-main/host/generated/interfaces.ts';
import type { HostFunctionTable } from '../src-main/host/generated/table.ts';
import { hostileArguments } from '../src-main/host/testing/hostile-arguments.ts';

export type Size = 'ordinary' | 'hostile';

/** One invocation of the guest `probe`; see its README. */
export interface GuestCall {
  /** The host function that it is for. */
  readonly name: string;
  readonly action: string;
  readonly payload: string;
  /** Calls of the host in it, and which of them is the function's. */
  readonly count: number;
  readonly at: number;
}

interface Step {
  readonly fn: string;
  readonly args: readonly unknown[];
}

type Interface = keyof typeof hostInterfaces;

/** As the probe calls them. */
const MODULES = {
  '1.0.0': { process: 'astrid:process/host@1.0.0' },
  '1.1.0': { process: 'astrid:process/host@1.1.0' },
} as const satisfies Record<string, Readonly<Record<string, Interface>>>;
const SHARED = {
  ipc: 'astrid:ipc/host@1.0.0',
  poll: 'astrid:io/poll@1.0.0',
  sys: 'astrid:sys/host@1.0.0',
} as const satisfies Readonly<Record<string, Interface>>;
const RESOURCES: Readonly<Record<string, string>> = {
  'process-handle': 'handle',
  pollable: 'pollable',
  subscription: 'subscription',
};

const NEWEST = { $handle: -1 };
const DROP: Step = { fn: 'drop', args: [NEWEST] };
const SPAWN: Step = {
  fn: 'process.spawnBackground',
  args: [{ cmd: 'cat', args: [], env: [], fileInjections: [], keepStdinOpen: true }],
};
/** What makes the newest handle one of this kind, and how many handles that are. */
const MADE_BY: Readonly<Record<string, readonly Step[]>> = {
  handle: [SPAWN],
  pollable: [SPAWN, { fn: 'handle.kill', args: [NEWEST] }, { fn: 'handle.subscribeExit', args: [NEWEST] }],
  subscription: [{ fn: 'ipc.subscribe', args: ['probe.v1.news.*'] }],
};

/** Longer texts are counted, so that a payload holds no megabytes. */
const LONG_TEXT = 10_000;
/** Three of them, and what it takes to hand them over, fit into the 64 MiB of a guest. */
const LONGEST_TEXT = 4 * 1_024 * 1_024;

/** Every function of the interfaces that the probe of this version imports, each in an invocation of its own. */
export async function guestCalls(version: keyof typeof MODULES, size: Size): Promise<readonly GuestCall[]> {
  const calls: GuestCall[] = [];
  for (const [module, id] of Object.entries({ ...MODULES[version], ...SHARED })) {
    for (const row of hostInterfaces[id].functions as readonly HostFunctionTable[]) {
      const name = `${id}#${row.wit}`;
      const args = await hostileArguments(name, {
        process: () => Promise.resolve(NEWEST),
        subscription: () => Promise.resolve(NEWEST),
        pollable: () => Promise.resolve(NEWEST),
      });
      const group = row.resource === null ? module : (RESOURCES[row.resource] ?? row.resource);
      const needed = row.wit === 'poll' ? 'pollable' : group;
      const sized = size === 'hostile' ? args : args.map(ordinary);
      const before = MADE_BY[needed] ?? [];
      const steps: readonly Step[] = [
        ...before,
        { fn: `${group}.${row.js}`, args: sized.map(asJson) },
        // What it made itself, and what was made for it; one too many is harmless.
        ...[DROP, DROP, DROP],
      ];
      calls.push({
        name,
        action: 'batch',
        payload: JSON.stringify({ calls: steps }),
        count: steps.length,
        at: before.length,
      });
    }
  }
  return calls;
}

/** The same in the size that an honest guest has. */
function ordinary(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.slice(0, 52);
  }
  if (value instanceof Uint8Array) {
    return value.subarray(0, 1_024);
  }
  if (Array.isArray(value)) {
    return value.slice(0, 4).map(ordinary);
  }
  return mapFields(value, ordinary);
}

/** The probe's form. */
function asJson(value: unknown): unknown {
  if (typeof value === 'string' && value.length > LONG_TEXT) {
    return { $letters: Math.min(value.length, LONGEST_TEXT) };
  }
  if (typeof value === 'bigint') {
    return Number(value);
  }
  if (value instanceof Uint8Array) {
    return { $repeat: 'x', count: value.length };
  }
  return Array.isArray(value) ? value.map(asJson) : mapFields(value, asJson);
}

function mapFields(value: unknown, change: (item: unknown) => unknown): unknown {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]))
    : value;
}
