import type { Item, ReadFunction } from './definition.ts';
import type { DescribedItem } from './types.ts';

/** What a component takes from outside. */
export interface ComponentImport {
  /** Such as `astrid:process/host@1.0.0`. */
  readonly name: string;
  readonly kind: DescribedItem['kind'];
  /** Of an instance: its functions by canonical name, such as `spawn` or `[method]process-handle.kill`. */
  readonly functions: ReadonlyMap<string, ReadFunction | null>;
  readonly resources: readonly string[];
  /** Names of what else an instance is to have, where somebody has to provide it: instances, components, modules. */
  readonly others: readonly string[];
}

/** @param item what is imported, with resources of its own */
export function importOf(name: string, { kind, fresh }: DescribedItem, item: Item): ComponentImport {
  const exports = item.sort === 'instance' && item.exports !== null ? [...item.exports] : [];
  const functions = exports.flatMap(([wit, each]) =>
    each.sort === 'func' ? [[wit, each.func] as const] : [],
  );
  return {
    name,
    kind,
    functions: new Map(functions),
    resources: [...fresh.keys()],
    others: exports.flatMap(([wit, { sort }]) => (sort === 'func' || sort === 'type' ? [] : [wit])),
  };
}
