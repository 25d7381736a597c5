import { MAX_COMPONENT_DEPTH, MAX_CORE_NAME_BYTES, MAX_TYPE_DEPTH } from '../limits.ts';
import { quoted } from '../words/escape-control-chars.ts';
import { Resource, Scope, unknownItem, type Definition, type Exports, type Item } from './definition.ts';
import type { ComponentReader } from './reader.ts';
import { optional, readFunctionType, readValueType, skipValueRef } from './value-types.ts';

/**
 * Reads one type definition of a component's binary. The format has no lengths of single types, so
 * every kind must be understood to find the end. Opcodes: Component Model, `design/mvp/Binary.md`.
 */
export function readType(reader: ComponentReader, scope: Scope, nesting = 0): Definition {
  reader.spend('typeParts', 1);
  const definition = definitionOf(reader, scope, nesting);
  if (nesting > MAX_COMPONENT_DEPTH || definition.depth > MAX_TYPE_DEPTH) {
    throw reader.malformed('types are nested too deeply');
  }
  return definition;
}

/** @param what the name is of, for messages */
export function readExternName(reader: ComponentReader, what: string): string {
  const form = reader.byte();
  if (form !== 0x00 && form !== 0x01) {
    throw reader.malformed(`unknown form ${form} of a name`);
  }
  return reader.name(what);
}

/** What a name stands for in an import, an export or a declaration, as its description says. */
export interface DescribedItem {
  readonly kind: 'core-module' | 'func' | 'value' | 'type' | 'component' | 'instance';
  readonly item: Item;
  /** Of the type that describes it; see `Definition`. */
  readonly depth: number;
  /** A type that is equal to no other: a resource. */
  readonly isNew: boolean;
  /** Of an instance; see `Definition`. */
  readonly fresh: ReadonlyMap<string, Resource>;
}

export function readExternDesc(reader: ComponentReader, scope: Scope): DescribedItem {
  const code = reader.byte();
  switch (code) {
    case 0x00:
      if (reader.byte() !== 0x11) {
        throw reader.malformed('expected the description of a core module');
      }
      reader.u32();
      return described('core-module', { sort: 'other' });
    case 0x01: {
      const definition = typeAt(reader, scope);
      const func = definition?.sort === 'func' ? definition.func : null;
      return described('func', { sort: 'func', func }, definition);
    }
    case 0x02:
      if (reader.byte() === 0x00) {
        reader.u32();
      } else {
        skipValueRef(reader);
      }
      return described('value', { sort: 'other' });
    case 0x03:
      return describedType(reader, scope);
    case 0x04:
      reader.u32();
      return described('component', { sort: 'component', component: null });
    case 0x05: {
      const definition = typeAt(reader, scope);
      const instance = definition?.sort === 'instance' ? definition : null;
      const item = { sort: 'instance', exports: instance?.exports ?? null } as const;
      return { ...described('instance', item, definition), fresh: instance?.fresh ?? NONE };
    }
    default:
      throw reader.malformed(`unknown description kind ${code}`);
  }
}

/** Reads an alias and adds what it stands for to the scope. */
export function readAlias(reader: ComponentReader, scope: Scope): void {
  const sort = readSort(reader);
  const target = reader.byte();
  if (target === 0x00 || target === 0x01) {
    const exports = scope.instances[reader.u32()];
    const name = reader.name('alias', MAX_CORE_NAME_BYTES);
    const found = target === 0x00 ? exports?.get(name) : undefined;
    const item = unknownItem(sort);
    scope.add(found?.sort === item.sort ? found : item);
  } else if (target === 0x02) {
    let around: Scope | null = scope;
    for (let count = reader.u32(); count > 0 && around !== null; count -= 1) {
      around = around.outer;
    }
    const index = reader.u32();
    scope.add(around?.at(sort, index) ?? unknownItem(sort));
  } else {
    throw reader.malformed(`unknown alias target ${target}`);
  }
}

const NONE: ReadonlyMap<string, Resource> = new Map();

/** A name stands once in its list; otherwise a few bytes of list could ask for the same a million times. */
export function requireNew(
  reader: ComponentReader,
  names: { readonly has: (name: string) => boolean },
  name: string,
): void {
  if (names.has(name)) {
    throw reader.malformed(`duplicate name ${quoted(name)}`);
  }
}

/** 0 core (its own sort skipped), 1 function, 2 value, 3 type, 4 component, 5 instance. */
export function readSort(reader: ComponentReader): number {
  const sort = reader.byte();
  if (sort > 0x05) {
    throw reader.malformed(`unknown sort ${sort}`);
  }
  if (sort === 0x00) {
    reader.byte();
  }
  return sort;
}

/** The definition whose index comes next; null for one of which nothing is known here. */
export function typeAt(reader: ComponentReader, scope: Scope): Definition | null {
  const index = reader.u32();
  const definition = scope.types[index];
  if (definition === undefined) {
    throw reader.malformed(`the type ${index} does not exist`);
  }
  return definition;
}

function definitionOf(reader: ComponentReader, scope: Scope, nesting: number): Definition {
  const code = reader.byte();
  switch (code) {
    case 0x40: // function
    case 0x43: {
      const { type, depth } = readFunctionType(reader, scope, code === 0x43);
      return { sort: 'func', func: type, depth };
    }
    case 0x41: {
      const { depth } = body(reader, scope, nesting, true);
      return { sort: 'component', depth };
    }
    case 0x42:
      return { sort: 'instance', ...body(reader, scope, nesting, false) };
    case 0x3f: // resource with a synchronous destructor or none
      reader.byte();
      optional(reader, () => reader.u32());
      return { sort: 'resource', resource: new Resource(null), depth: 1 };
    default: {
      const { type, depth } = readValueType(reader, scope, code);
      return { sort: 'value', type, depth };
    }
  }
}

/** The declarations of an instance type or a component type. */
function body(reader: ComponentReader, outer: Scope, nesting: number, imports: boolean) {
  const scope = new Scope(outer);
  const exports = new Map<string, Item>();
  const fresh = new Map<string, Resource>();
  let deepest = 0;
  reader.vector(() => {
    const kind = reader.byte();
    if (kind === 0x01) {
      scope.types.push(readType(reader, scope, nesting + 1));
    } else if (kind === 0x02) {
      readAlias(reader, scope);
    } else if (kind === 0x04 || (kind === 0x03 && imports)) {
      reader.spend('typeParts', 1);
      const name = readExternName(reader, kind === 0x04 ? 'export' : 'import');
      const found = readExternDesc(reader, scope);
      scope.add(found.item);
      deepest = Math.max(deepest, found.depth);
      if (kind === 0x04) {
        requireNew(reader, exports, name);
        exports.set(name, found.item);
        noteFresh(fresh, name, found);
      }
    } else {
      // Core types inside component types: no capsule's interface has them, and no tool chain writes them there.
      throw reader.malformed(`unsupported declaration kind ${kind}`);
    }
  });
  return { exports: exports satisfies Exports, fresh, depth: deepest + 1 };
}

function noteFresh(fresh: Map<string, Resource>, name: string, { isNew, item }: DescribedItem): void {
  if (isNew && item.sort === 'type' && item.definition?.sort === 'resource') {
    fresh.set(name, item.definition.resource);
  }
}

/** A type that is equal to another, or a new resource. */
function describedType(reader: ComponentReader, scope: Scope): DescribedItem {
  const bound = reader.byte();
  if (bound === 0x00) {
    const definition = typeAt(reader, scope);
    return described('type', { sort: 'type', definition }, definition);
  }
  if (bound === 0x01) {
    const definition = { sort: 'resource', resource: new Resource(null), depth: 1 } as const;
    return { ...described('type', { sort: 'type', definition }, definition), isNew: true };
  }
  throw reader.malformed(`unknown type bound ${bound}`);
}

function described(
  kind: DescribedItem['kind'],
  item: Item,
  by: Pick<Definition, 'depth'> | null = null,
): DescribedItem {
  return { kind, item, depth: by?.depth ?? 0, isNew: false, fresh: NONE };
}
