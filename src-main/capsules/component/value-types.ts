import { PRIMITIVES, type Primitive, type VariantCase } from '../../base/value-type.ts';
import type { Foreign, ReadFunction, ReadType, Resource, Scope } from './definition.ts';
import type { ComponentReader } from './reader.ts';

/** A type with how deep it is. */
export interface Measured<T> {
  readonly type: T;
  readonly depth: number;
}

/** Reads a value type whose opcode has been read. Opcodes: Component Model, `design/mvp/Binary.md`. */
export function readValueType(reader: ComponentReader, scope: Scope, code: number): Measured<ReadType> {
  const parts = new Parts(reader, scope);
  return parts.whole(compound(reader, parts, code));
}

/** Reads the type of a function behind its opcode. */
export function readFunctionType(
  reader: ComponentReader,
  scope: Scope,
  async: boolean,
): Measured<ReadFunction> {
  const parts = new Parts(reader, scope);
  const params = reader.list(() => ({ name: label(reader), type: parts.value() }));
  return parts.whole({ async, params, result: functionResult(reader, parts) });
}

/** Walks a value type where only its end matters. */
export function skipValueRef(reader: ComponentReader): void {
  if (primitive(reader.peek()) === undefined) {
    reader.u32();
  } else {
    reader.byte();
  }
}

export function optional<T>(reader: ComponentReader, item: () => T): T | null {
  const present = reader.byte();
  if (present > 0x01) {
    throw reader.malformed('invalid marker of an optional item');
  }
  return present === 0x01 ? item() : null;
}

/** Reads what a type consists of, and remembers how deep that is. */
class Parts {
  readonly #reader: ComponentReader;
  readonly #scope: Scope;
  #depth = 0;

  constructor(reader: ComponentReader, scope: Scope) {
    this.#reader = reader;
    this.#scope = scope;
  }

  whole<T>(type: T): Measured<T> {
    return { type, depth: this.#depth + 1 };
  }

  /** A primitive in one byte, or the index of a type. */
  value(): ReadType {
    const simple = primitive(this.#reader.peek());
    if (simple !== undefined) {
      this.#reader.byte();
      return simple;
    }
    const definition = this.#definition();
    if (definition === null) {
      return foreign('a type that is not known here');
    }
    if (definition.sort !== 'value') {
      throw this.#reader.malformed(`the type of a value is a type of kind "${definition.sort}"`);
    }
    this.#depth = Math.max(this.#depth, definition.depth);
    return definition.type;
  }

  handle(kind: 'own' | 'borrow'): ReadType {
    const definition = this.#definition();
    if (definition === null) {
      return foreign('a resource that is not known here');
    }
    if (definition.sort !== 'resource') {
      throw this.#reader.malformed(`a handle is of a type of kind "${definition.sort}"`);
    }
    return { kind, resource: definition.resource };
  }

  #definition() {
    const index = this.#reader.u32();
    const definition = this.#scope.types[index];
    if (definition === undefined) {
      throw this.#reader.malformed(`the type ${index} does not exist`);
    }
    return definition;
  }
}

function compound(reader: ComponentReader, parts: Parts, code: number): ReadType {
  const optionalValue = (): ReadType | null => optional(reader, () => parts.value());
  switch (code) {
    case 0x72:
      return {
        kind: 'record',
        fields: reader.list(() => ({ name: label(reader), type: parts.value() })),
      };
    case 0x71:
      return { kind: 'variant', cases: reader.list(() => variantCase(reader, optionalValue)) };
    case 0x6f:
      return { kind: 'tuple', items: reader.list(() => parts.value()) };
    case 0x6e:
      return { kind: 'flags', names: reader.list(() => label(reader)) };
    case 0x6d:
      return { kind: 'enum', names: reader.list(() => label(reader)) };
    case 0x70:
      return { kind: 'list', of: parts.value() };
    case 0x6b:
      return { kind: 'option', of: parts.value() };
    case 0x6a:
      return { kind: 'result', ok: optionalValue(), err: optionalValue() };
    case 0x69:
      return parts.handle('own');
    case 0x68:
      return parts.handle('borrow');
    case 0x67:
      parts.value();
      reader.u32();
      return foreign('a list of fixed length');
    case 0x66:
      optionalValue();
      return foreign('a stream');
    case 0x65:
      optionalValue();
      return foreign('a future');
    default: {
      const simple = primitive(code);
      if (simple === undefined) {
        throw reader.malformed(`unknown type ${code}`);
      }
      return simple;
    }
  }
}

/** Each is a part of its type, so that a few bytes a name do not make a type of a million. */
function label(reader: ComponentReader): string {
  reader.spend('typeParts', 1);
  return reader.name('label');
}

function variantCase(
  reader: ComponentReader,
  optionalValue: () => ReadType | null,
): VariantCase<Resource, Foreign> {
  const name = label(reader);
  const type = optionalValue();
  if (reader.byte() !== 0x00) {
    throw reader.malformed('a case refines another case');
  }
  return { name, type };
}

function functionResult(reader: ComponentReader, parts: Parts): ReadType | null {
  const form = reader.byte();
  if (form === 0x00) {
    return parts.value();
  }
  if (form !== 0x01 || reader.byte() !== 0x00) {
    throw reader.malformed('unknown form of function results');
  }
  return null;
}

/** Undefined for the opcode of anything else. Those of the primitives are 0x7f downwards, in their order. */
function primitive(code: number): Primitive | Foreign | undefined {
  return code === 0x64 ? foreign('an error context') : PRIMITIVES[0x7f - code];
}

function foreign(words: string): Foreign {
  return { kind: 'foreign', words };
}
