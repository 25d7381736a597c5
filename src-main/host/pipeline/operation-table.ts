import type { HostInterface, InterfaceErrors } from './errors-of.ts';
import type { AnsweredInGuest, HostFunction, InterfaceName, Signature } from './host-function.ts';

/** A function with its interface's way to say errors, found by `interface#function`. */
export interface Operation {
  readonly name: string;
  readonly function: HostFunction<Signature>;
  readonly errors: InterfaceErrors<unknown>;
  readonly fallible: boolean;
}

export type OperationTable = ReadonlyMap<string, Operation>;

/** Joins the interfaces' tables into the one the pipeline looks in. */
export function createOperationTable(
  interfaces: readonly HostInterface<InterfaceName>[],
  isFallible: (interfaceName: InterfaceName, functionName: string) => boolean,
): OperationTable {
  const operations = new Map<string, Operation>();
  for (const { name, errors, functions } of interfaces) {
    // The one place where the precise types end: behind it, arguments come from the guest's worker anyway.
    const table = functions as unknown as Readonly<Record<string, HostFunction<Signature> | AnsweredInGuest>>;
    for (const [functionName, entry] of Object.entries(table)) {
      if (!('answeredInGuest' in entry)) {
        const operation = `${name}#${functionName}`;
        operations.set(operation, {
          name: operation,
          function: entry,
          errors,
          fallible: isFallible(name, functionName),
        });
      }
    }
  }
  return operations;
}
