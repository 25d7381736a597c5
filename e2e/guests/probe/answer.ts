import type { CapsuleResult } from '../../../capsules/sdk/actions.ts';
import { hostFailure } from '../../../capsules/sdk/host-error.ts';
import { decodeText } from '../../../capsules/sdk/text.ts';
import { drop, fromJson, toJson } from './values.ts';

type HostFunction = (...args: readonly unknown[]) => unknown;

/** What `Function.length` cannot tell of a host function: how many arguments it insists on. */
const ARITY: Readonly<Record<string, number>> = {
  'ipc.publish': 2,
  'ipc.subscribe': 1,
  'poll.poll': 1,
  'process.listProcesses': 1,
  'process.readSince': 4,
  'process.signal': 2,
  'process.spawn': 1,
  'process.spawnBackground': 1,
  'process.spawnPersistent': 1,
  'process.statusMany': 1,
  'process.stop': 2,
  'process.wait': 2,
  'process.watch': 2,
  'process.writeStdin': 2,
  'handle.signal': 1,
  'handle.wait': 1,
  'handle.waitWithOutput': 1,
  'handle.writeStdin': 1,
  'subscription.recv': 1,
};

/** Groups whose first argument is the resource. */
const METHODS: ReadonlySet<string> = new Set(['handle', 'pollable', 'subscription']);

/** The host's packages by the name that a test gives them. */
export type Modules = Readonly<Record<string, object>>;

/** What the previous call came to: of a cancelled one nobody else hears. */
let latest: object | null = null;

/** See README.md. */
export function answerProbe(modules: Modules, action: string, payload: Uint8Array): CapsuleResult {
  const text = decodeText(payload);
  const input = (text === '' ? {} : JSON.parse(text)) as {
    args?: unknown[];
    calls?: { fn: string; args?: unknown[] }[];
  };
  if (action === 'latest') return { action: 'continue', data: JSON.stringify(latest) };
  const answer =
    action === 'batch'
      ? { ok: (input.calls ?? []).map((call) => attempt(modules, call.fn, call.args)) }
      : attempt(modules, action, input.args);
  latest = answer;
  return { action: 'continue', data: JSON.stringify(answer) };
}

function attempt(modules: Modules, name: string, args: readonly unknown[] = []): object {
  try {
    return { ok: toJson(callByName(modules, name, args.map(fromJson))) };
  } catch (caught) {
    const err = hostFailure(caught);
    return err === undefined ? { threw: String(caught) } : { err };
  }
}

function callByName(modules: Modules, name: string, given: readonly unknown[]): unknown {
  if (name === 'drop') return drop(given[0]);
  const [group = '', member = ''] = name.split('.');
  if (METHODS.has(group)) {
    const [self, ...rest] = given;
    return method(self, member)(...filled(name, rest));
  }
  return method(modules[group], member)(...filled(name, given));
}

/** The arguments, with absent options for the ones left out: too few would throw. */
function filled(name: string, given: readonly unknown[]): readonly unknown[] {
  return Array.from({ length: Math.max(given.length, ARITY[name] ?? 0) }, (_, index) => given[index]);
}

function method(owner: unknown, name: string): HostFunction {
  const found: unknown = Reflect.get(Object(owner), name);
  if (typeof found !== 'function') throw new Error(`there is no ${name}`);
  return (...args) => Reflect.apply(found, owner, args);
}
