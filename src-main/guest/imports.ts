import type { AskHost } from '../bridge/guest-end.ts';
import { hostInterfaces } from '../host/generated/interfaces.ts';
import type { HostFunctionTable, HostInterfaceTable } from '../host/generated/table.ts';
import type { LocalFunction } from './local-functions.ts';
import { RESOURCE_DROP } from './protocol.ts';
import {
  createResourceClasses,
  type HostResource,
  unwrapHandles,
  wrapHandles,
  type ResourceClasses,
} from './resources.ts';

/** The import object of jco's `instantiate`: interface name to functions and resource classes. */
export type GuestImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An `err` on its way into the guest: jco lowers `payload` as the error of the WIT function. */
class HostCallError extends Error {
  readonly payload: unknown;

  constructor(payload: unknown) {
    super('The host function returned an error.');
    this.payload = payload;
  }
}

/**
 * Builds what the component imports from the generated table: every function asks the host and
 * blocks, or is answered here.
 *
 * @param names the interfaces that the component imports
 * @param Trap the class to throw for what is no `err` but the end of the instance
 */
export function buildImports(
  names: readonly string[],
  ask: AskHost,
  local: ReadonlyMap<string, LocalFunction>,
  Trap: ErrorConstructor,
): GuestImports {
  const classes = createResourceClasses((handle) => void ask(RESOURCE_DROP, [handle]));
  const tables: Readonly<Record<string, HostInterfaceTable>> = hostInterfaces;
  return Object.fromEntries(
    names.map((name) => {
      const table = tables[name];
      if (table === undefined) {
        throw new Error(`The host does not provide ${name}.`);
      }
      return [name, buildInterface(name, table, { ask, local, classes, Trap })];
    }),
  );
}

interface Link {
  readonly ask: AskHost;
  readonly local: ReadonlyMap<string, LocalFunction>;
  readonly classes: ResourceClasses;
  readonly Trap: ErrorConstructor;
}

function buildInterface(
  name: string,
  table: HostInterfaceTable,
  link: Link,
): Readonly<Record<string, unknown>> {
  const members: Record<string, unknown> = {};
  for (const resource of table.resources) {
    members[resource.js] = link.classes.get(`${name}#${resource.wit}`);
  }
  for (const entry of table.functions) {
    const operation = `${name}#${entry.wit}`;
    const call = link.local.get(operation) ?? bridged(operation, entry, link);
    if (entry.kind === 'function') {
      members[entry.js] = call;
    } else if (entry.kind === 'method') {
      const { prototype } = link.classes.get(`${name}#${entry.resource ?? ''}`);
      Object.defineProperty(prototype, entry.js, {
        value(this: HostResource, ...args: unknown[]) {
          return call(this.handle, ...args);
        },
      });
    } else {
      throw new Error(`${operation} is a ${entry.kind}; no interface of the contract has one.`);
    }
  }
  return members;
}

function bridged(operation: string, entry: HostFunctionTable, { ask, classes, Trap }: Link): LocalFunction {
  const { handles } = entry;
  // The descriptor counts parameters without `self`, which travels as the first argument.
  const shapes = handles === null || entry.kind !== 'method' ? handles?.params : [null, ...handles.params];
  return (...args) => {
    const sent =
      shapes === undefined ? args : args.map((value, index) => unwrapHandles(value, shapes[index] ?? null));
    const answer = ask(operation, sent);
    switch (answer.tag) {
      case 'ok':
        return wrapHandles(answer.value, handles?.ok ?? null, classes);
      case 'err':
        throw new HostCallError(wrapHandles(answer.value, handles?.err ?? null, classes));
      case 'trap':
        throw new Trap(answer.message);
    }
  };
}
