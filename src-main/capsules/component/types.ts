import { MAX_COMPONENT_DEPTH, MAX_CORE_NAME_BYTES } from '../limits.ts';
import type { ComponentReader } from './reader.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** What an instance type declares, as far as linking needs it. */
export interface InstanceShape {
  /** Canonical names, such as `spawn` or `[method]process-handle.kill`. */
  readonly functions: readonly string[];
  readonly resources: readonly string[];
}

/** An entry of the type index space: an instance type, or anything else. */
export type TypeEntry = InstanceShape | null;

/** What a name stands for in an import, an export or a declaration. */
export type ExternDesc =
  | { readonly kind: 'core-module' | 'func' | 'component' | 'instance'; readonly index: number }
  | { readonly kind: 'value' }
  | { readonly kind: 'type'; readonly equals: number | null };

/**
 * Walks one type definition of a component's binary. The format has no lengths of single types, so
 * every kind must be understood to find the end. Opcodes: Component Model, `design/mvp/Binary.md`.
 */
export function readType(reader: ComponentReader, depth = 0): TypeEntry {
  if (depth > MAX_COMPONENT_DEPTH) {
    throw reader.malformed('types are nested too deeply');
  }
  const code = reader.byte();
  switch (code) {
    case 0x40: // function
    case 0x43: // async function
      reader.vector(() => labelled(reader));
      functionResult(reader);
      return null;
    case 0x41: // component type
      reader.vector(() => declaration(reader, depth, true));
      return null;
    case 0x42:
      return instanceType(reader, depth);
    case 0x3f: // resource with a synchronous destructor or none
      reader.byte();
      optional(reader, () => reader.u32());
      return null;
    default:
      valueType(reader, code);
      return null;
  }
}

/** @param what the name is of, for messages */
export function readExternName(reader: ComponentReader, what: string): string {
  const form = reader.byte();
  if (form !== 0x00 && form !== 0x01) {
    throw reader.malformed(`unknown form ${form} of a name`);
  }
  return reader.name(what);
}

export function readExternDesc(reader: ComponentReader): ExternDesc {
  const code = reader.byte();
  switch (code) {
    case 0x00:
      if (reader.byte() !== 0x11) {
        throw reader.malformed('expected the description of a core module');
      }
      return { kind: 'core-module', index: reader.u32() };
    case 0x01:
      return { kind: 'func', index: reader.u32() };
    case 0x02:
      if (reader.byte() === 0x00) {
        reader.u32();
      } else {
        valueRef(reader);
      }
      return { kind: 'value' };
    case 0x03:
      return { kind: 'type', equals: typeBound(reader) };
    case 0x04:
      return { kind: 'component', index: reader.u32() };
    case 0x05:
      return { kind: 'instance', index: reader.u32() };
    default:
      throw reader.malformed(`unknown description kind ${code}`);
  }
}

/** Walks an alias; true when it adds to the type index space. */
export function readAlias(reader: ComponentReader): boolean {
  const sort = readSort(reader);
  const target = reader.byte();
  if (target === 0x00 || target === 0x01) {
    reader.u32();
    reader.name('alias', MAX_CORE_NAME_BYTES);
  } else if (target === 0x02) {
    reader.u32();
    reader.u32();
  } else {
    throw reader.malformed(`unknown alias target ${target}`);
  }
  return sort === 0x03;
}

/** A name stands once in its list; otherwise a few bytes of list could ask for the same a million times. */
export function requireNew(reader: ComponentReader, names: Set<string>, name: string): void {
  if (names.has(name)) {
    throw reader.malformed(`duplicate name ${quoted(name)}`);
  }
  names.add(name);
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

function instanceType(reader: ComponentReader, depth: number): InstanceShape {
  const functions: string[] = [];
  const resources: string[] = [];
  const names = new Set<string>();
  reader.vector(() => {
    const declared = declaration(reader, depth, false);
    if (declared !== undefined) {
      requireNew(reader, names, declared.name);
    }
    if (declared?.desc.kind === 'func') {
      functions.push(declared.name);
    } else if (declared?.desc.kind === 'type' && declared.desc.equals === null) {
      resources.push(declared.name);
    }
  });
  return { functions, resources };
}

/** One declaration inside a component or instance type; an export with its name, otherwise undefined. */
function declaration(reader: ComponentReader, depth: number, imports: boolean) {
  const kind = reader.byte();
  if (kind === 0x01) {
    readType(reader, depth + 1);
    return undefined;
  }
  if (kind === 0x02) {
    readAlias(reader);
    return undefined;
  }
  if (kind === 0x04 || (kind === 0x03 && imports)) {
    const name = readExternName(reader, kind === 0x04 ? 'export' : 'import');
    const desc = readExternDesc(reader);
    return kind === 0x04 ? { name, desc } : undefined;
  }
  // Core types inside component types: no capsule's interface has them, and no tool chain writes them there.
  throw reader.malformed(`unsupported declaration kind ${kind}`);
}

/** Type index that is equalled, or null for a new resource. */
function typeBound(reader: ComponentReader): number | null {
  const bound = reader.byte();
  if (bound === 0x00) {
    return reader.u32();
  }
  if (bound === 0x01) {
    return null;
  }
  throw reader.malformed(`unknown type bound ${bound}`);
}

function functionResult(reader: ComponentReader): void {
  const form = reader.byte();
  if (form === 0x00) {
    valueRef(reader);
  } else if (form !== 0x01 || reader.byte() !== 0x00) {
    throw reader.malformed('unknown form of function results');
  }
}

/** A defined value type whose opcode has been read. */
function valueType(reader: ComponentReader, code: number): void {
  switch (code) {
    case 0x72: // record
      reader.vector(() => labelled(reader));
      return;
    case 0x71: // variant
      reader.vector(() => {
        reader.name('label');
        optional(reader, () => valueRef(reader));
        if (reader.byte() !== 0x00) {
          throw reader.malformed('a case refines another case');
        }
      });
      return;
    case 0x6f: // tuple
      reader.vector(() => valueRef(reader));
      return;
    case 0x6e: // flags
    case 0x6d: // enum
      reader.vector(() => reader.name('label'));
      return;
    case 0x70: // list
    case 0x6b: // option
      valueRef(reader);
      return;
    case 0x67: // list of fixed length
      valueRef(reader);
      reader.u32();
      return;
    case 0x6a: // result
      optional(reader, () => valueRef(reader));
      optional(reader, () => valueRef(reader));
      return;
    case 0x69: // own
    case 0x68: // borrow
      reader.u32();
      return;
    case 0x66: // stream
    case 0x65: // future
      optional(reader, () => valueRef(reader));
      return;
    default:
      if (!isPrimitive(code)) {
        throw reader.malformed(`unknown type ${code}`);
      }
  }
}

function labelled(reader: ComponentReader): void {
  reader.name('label');
  valueRef(reader);
}

/** A primitive in one byte, or the index of a type. */
function valueRef(reader: ComponentReader): void {
  if (isPrimitive(reader.peek())) {
    reader.byte();
  } else {
    reader.u32();
  }
}

function optional(reader: ComponentReader, item: () => void): void {
  const present = reader.byte();
  if (present === 0x01) {
    item();
  } else if (present !== 0x00) {
    throw reader.malformed('invalid marker of an optional item');
  }
}

/** bool, integers, floats, char, string (0x73 to 0x7f) and error-context (0x64). */
function isPrimitive(code: number): boolean {
  return (code >= 0x73 && code <= 0x7f) || code === 0x64;
}
