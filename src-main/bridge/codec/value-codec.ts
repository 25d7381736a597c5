import type { ValueType } from '../../base/value-type.ts';
import { FrameError } from './frame-error.ts';
import { memberName } from './member-name.ts';
import { primitives, readBoolean, wrong, type ValueCodec } from './primitives.ts';

/** What stands for a resource on this end; on the wire it is a number of the instance's handle table. */
export interface HandleForm {
  readonly toNumber: (value: unknown) => number;
  /** @param resource its full name, `astrid:io/poll@1.0.0#pollable` */
  readonly fromNumber: (handle: number, resource: string) => unknown;
}

/** The codecs of all types on one end; each is made once. */
export class ValueCodecs {
  readonly #handles: HandleForm;
  readonly #made = new Map<ValueType, ValueCodec>();

  constructor(handles: HandleForm) {
    this.#handles = handles;
  }

  of(type: ValueType): ValueCodec {
    const known = this.#made.get(type);
    if (known !== undefined) {
      return known;
    }
    const made = this.#make(type);
    this.#made.set(type, made);
    return made;
  }

  #make(type: ValueType): ValueCodec {
    if (typeof type === 'string') {
      return primitives[type];
    }
    switch (type.kind) {
      case 'list':
        return type.of === 'u8' ? byteList : list(this.of(type.of));
      case 'option':
        return option(this.of(type.of));
      case 'record':
        return record(
          type.fields.map(({ name, type: field }) => [memberName(name), this.of(field)] as const),
        );
      case 'variant':
        return tagged(
          type.cases.map(({ name, type: payload }) => [name, payload === null ? null : this.of(payload)]),
        );
      case 'result':
        return tagged([
          ['ok', type.ok === null ? null : this.of(type.ok)],
          ['err', type.err === null ? null : this.of(type.err)],
        ]);
      case 'enum':
        return enumeration(type.names);
      case 'own':
      case 'borrow':
        return handle(type.resource, this.#handles);
      case 'tuple':
      case 'flags':
        throw new Error(`A ${type.kind} has no codec: no function of the contract has one.`);
    }
  }
}

const byteList: ValueCodec = {
  leastBytes: 4,
  write(to, value) {
    if (!isBytes(value)) {
      throw wrong('bytes', value);
    }
    to.bytes(value);
  },
  read: (from) => from.bytes(),
};

function list(element: ValueCodec): ValueCodec {
  return {
    leastBytes: 4,
    write(to, value) {
      if (!Array.isArray(value)) {
        throw wrong('a list', value);
      }
      to.count(value.length);
      for (const each of value as readonly unknown[]) {
        element.write(to, each);
      }
    },
    read(from) {
      const count = from.count(element.leastBytes);
      const read: unknown[] = [];
      for (let index = 0; index < count; index += 1) {
        read.push(element.read(from));
      }
      return read;
    },
  };
}

function option(inner: ValueCodec): ValueCodec {
  return {
    leastBytes: 1,
    write(to, value) {
      to.u8(value === undefined ? 0 : 1);
      if (value !== undefined) {
        inner.write(to, value);
      }
    },
    read: (from) => (readBoolean(from) ? inner.read(from) : undefined),
  };
}

function record(fields: readonly (readonly [string, ValueCodec])[]): ValueCodec {
  return {
    leastBytes: fields.reduce((sum, [, { leastBytes }]) => sum + leastBytes, 0),
    write(to, value) {
      const from = objectOf('a record', value);
      for (const [name, codec] of fields) {
        codec.write(to, from[name]);
      }
    },
    read(from) {
      const read: Record<string, unknown> = {};
      for (const [name, codec] of fields) {
        read[name] = codec.read(from);
      }
      return read;
    },
  };
}

/** A variant or a `result` inside a value: `{ tag, val }`. */
function tagged(cases: readonly (readonly [string, ValueCodec | null])[]): ValueCodec {
  const indices = new Map(cases.map(([name], index) => [name, index]));
  return {
    leastBytes: 1,
    write(to, value) {
      const { tag, val } = objectOf('a variant', value);
      const index = indices.get(tag as string);
      if (index === undefined) {
        throw wrong(`one of its ${cases.length} cases`, tag);
      }
      to.u8(index);
      cases[index]?.[1]?.write(to, val);
    },
    read(from) {
      const found = cases[from.u8()];
      if (found === undefined) {
        throw new FrameError('a variant has no such case');
      }
      const [tag, payload] = found;
      return payload === null ? { tag } : { tag, val: payload.read(from) };
    },
  };
}

function enumeration(names: readonly string[]): ValueCodec {
  const indices = new Map(names.map((name, index) => [name, index]));
  return {
    leastBytes: 1,
    write(to, value) {
      const index = indices.get(value as string);
      if (index === undefined) {
        throw wrong(`one of its ${names.length} names`, value);
      }
      to.u8(index);
    },
    read(from) {
      const name = names[from.u8()];
      if (name === undefined) {
        throw new FrameError('an enum has no such name');
      }
      return name;
    },
  };
}

function handle(resource: string, { toNumber, fromNumber }: HandleForm): ValueCodec {
  return {
    leastBytes: 4,
    write: (to, value) => to.u32(toNumber(value)),
    read: (from) => fromNumber(from.u32(), resource),
  };
}

/** Also one of another realm: a component's script has its own. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array';
}

function objectOf(expected: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) {
    throw wrong(expected, value);
  }
  return value as Readonly<Record<string, unknown>>;
}
