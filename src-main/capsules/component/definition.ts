import type { FunctionType, ValueType } from '../../base/value-type.ts';

/** A resource as it is declared in one place: two are the same only when they are the same object. */
export class Resource {
  /** `astrid:io/poll@1.0.0#pollable` for one that is imported from outside; null for any other. */
  readonly name: string | null;

  constructor(name: string | null) {
    this.name = name;
  }
}

/** What a component can mention and the contract never does. */
export interface Foreign {
  readonly kind: 'foreign';
  /** In words, such as `stream`. */
  readonly words: string;
}

export type ReadType = ValueType<Resource, Foreign>;

export interface ReadFunction extends FunctionType<Resource, Foreign> {
  readonly async: boolean;
}

/** An entry of the type index space. Its depth counts what is in each other; a type of primitives has one. */
export type Definition = (
  | { readonly sort: 'value'; readonly type: ReadType }
  | { readonly sort: 'resource'; readonly resource: Resource }
  | { readonly sort: 'func'; readonly func: ReadFunction }
  | {
      readonly sort: 'instance';
      readonly exports: Exports;
      /** Each instance of this type has resources of its own for these, by the name of their export. */
      readonly fresh: ReadonlyMap<string, Resource>;
    }
  | { readonly sort: 'component' }
) & { readonly depth: number };

/** What a name stands for. Null where a component does not say it in a way that matters here, or is not valid. */
export type Item =
  | { readonly sort: 'type'; readonly definition: Definition | null }
  | { readonly sort: 'func'; readonly func: ReadFunction | null }
  | { readonly sort: 'instance'; readonly exports: Exports | null }
  | { readonly sort: 'component'; readonly component: NestedComponent | null }
  | { readonly sort: 'other' };

export type Exports = ReadonlyMap<string, Item>;

/** A component that is defined inside another, with what one instance of it makes. */
export interface NestedComponent {
  readonly exports: Exports;
  readonly made: Made;
}

/** How much comes into being with one instance of a component, nesting multiplied out. */
export interface Made {
  readonly coreInstances: number;
  /** Instances, aliases, canonical functions, imports and exports: each becomes script or work of the transpiler. */
  readonly steps: number;
}

/** The index spaces of a component, or of the type of a component or an instance. */
export class Scope {
  readonly outer: Scope | null;
  readonly types: (Definition | null)[] = [];
  readonly funcs: (ReadFunction | null)[] = [];
  readonly instances: (Exports | null)[] = [];
  readonly components: (NestedComponent | null)[] = [];

  constructor(outer: Scope | null) {
    this.outer = outer;
  }

  add(item: Item): void {
    switch (item.sort) {
      case 'type':
        this.types.push(item.definition);
        break;
      case 'func':
        this.funcs.push(item.func);
        break;
      case 'instance':
        this.instances.push(item.exports);
        break;
      case 'component':
        this.components.push(item.component);
        break;
      case 'other':
    }
  }

  /** @param sort as in the binary: 1 function, 3 type, 4 component, 5 instance */
  at(sort: number, index: number): Item {
    switch (sort) {
      case 0x01:
        return { sort: 'func', func: this.funcs[index] ?? null };
      case 0x03:
        return { sort: 'type', definition: this.types[index] ?? null };
      case 0x04:
        return { sort: 'component', component: this.components[index] ?? null };
      case 0x05:
        return { sort: 'instance', exports: this.instances[index] ?? null };
      default:
        return { sort: 'other' };
    }
  }
}

/** An item of the right sort for a name that leads nowhere. */
export function unknownItem(sort: number): Item {
  return new Scope(null).at(sort, 0);
}
