import * as poll from 'astrid:io/poll@1.0.0';
import * as process from 'astrid:process/host@1.0.0';
import * as sys from 'astrid:sys/host@1.0.0';
import type { CapsuleResult } from '../../../capsules/sdk/actions.ts';
import { hostFailure } from '../../../capsules/sdk/host-error.ts';
import { decodeText } from '../../../capsules/sdk/text.ts';
import { drop, fromJson, toJson } from './values.ts';

type HostFunction = (...args: readonly unknown[]) => unknown;

/** What `Function.length` cannot tell of a host function: how many arguments it insists on. */
const ARITY: Readonly<Record<string, number>> = {
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
};

/** See README.md. */
export function astridHookTrigger(action: string, payload: Uint8Array): CapsuleResult {
  const text = decodeText(payload);
  const input = (text === '' ? {} : JSON.parse(text)) as {
    args?: unknown[];
    calls?: { fn: string; args?: unknown[] }[];
  };
  const answer =
    action === 'batch'
      ? { ok: (input.calls ?? []).map((call) => attempt(call.fn, call.args)) }
      : attempt(action, input.args);
  return { action: 'continue', data: JSON.stringify(answer) };
}

function attempt(name: string, args: readonly unknown[] = []): object {
  try {
    return { ok: toJson(callByName(name, args.map(fromJson))) };
  } catch (caught) {
    const err = hostFailure(caught);
    return err === undefined ? { threw: String(caught) } : { err };
  }
}

function callByName(name: string, given: readonly unknown[]): unknown {
  if (name === 'drop') return drop(given[0]);
  const [group = '', member = ''] = name.split('.');
  if (group === 'handle' || group === 'pollable') {
    const [self, ...rest] = given;
    return method(self, member)(...filled(name, rest));
  }
  const modules: Readonly<Record<string, object>> = { poll, process, sys };
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
