import type { Exchange } from '../../bridge/protocol.ts';
import { RESOURCE_DROP, type OperationName } from '../../bridge/codec/operations.ts';
import { hostInterfaces } from '../../host/generated/interfaces.ts';
import type { HostInterfaceTable } from '../../host/generated/table.ts';
import type { LocalFunction } from './local-functions.ts';
import { createHostCalls, type AskHost } from './host-calls.ts';
import { createResourceClasses, type HostResource, type ResourceClasses } from './resources.ts';

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
 */
export function buildImports(
  names: readonly string[],
  exchange: Exchange,
  local: ReadonlyMap<string, LocalFunction>,
): GuestImports {
  const classes = createResourceClasses((handle) => void drop([handle]));
  const askFor = createHostCalls(exchange, classes);
  const drop = askFor(RESOURCE_DROP);
  const tables: Readonly<Record<string, HostInterfaceTable>> = hostInterfaces;
  return Object.fromEntries(
    names.map((name) => {
      const table = tables[name];
      if (table === undefined) {
        throw new Error(`The host does not provide ${name}.`);
      }
      return [name, buildInterface(name, table, { askFor, local, classes })];
    }),
  );
}

interface Link {
  readonly askFor: (name: OperationName) => AskHost;
  readonly local: ReadonlyMap<string, LocalFunction>;
  readonly classes: ResourceClasses;
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
    const call = link.local.get(operation) ?? bridged(operation, link);
    if (entry.kind === 'function') {
      members[entry.js] = call;
    } else if (entry.kind === 'method') {
      const { prototype } = link.classes.get(`${name}#${entry.resource ?? ''}`);
      Object.defineProperty(prototype, entry.js, {
        value(this: HostResource, ...args: unknown[]) {
          return call(this, ...args);
        },
      });
    } else {
      throw new Error(`${operation} is a ${entry.kind}; no interface of the contract has one.`);
    }
  }
  return members;
}

function bridged(operation: OperationName, { askFor }: Link): LocalFunction {
  const ask = askFor(operation);
  return (...args) => {
    const answer = ask(args);
    switch (answer.tag) {
      case 'ok':
        return answer.value;
      case 'err':
        throw new HostCallError(answer.value);
      case 'trap':
        // No error of the function, but the end of the instance.
        throw new Error(answer.message);
    }
  };
}
