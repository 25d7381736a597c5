const MEMORY_SECTION = 5;
const HEADER_BYTES = 8;

/** Bits of a memory type's flag byte (core specification and its threads, memory64, page-size proposals). */
const HAS_MAXIMUM = 0x01;
const HAS_PAGE_SIZE = 0x08;

/** The longest LEB128 that the specification allows: 64 bits, seven to a byte. */
const MAX_LEB_BYTES = 10;

/** What a core module declares of one of its own memories, in pages. */
export interface DeclaredMemory {
  readonly minimum: number;
  /** Null: as far as it can. */
  readonly maximum: number | null;
}

/** The memories that a valid core module makes for itself; imported ones are another module's. */
export function declaredMemories(module: Uint8Array): readonly DeclaredMemory[] {
  const section = findSection(module);
  if (section === undefined) {
    return [];
  }
  return memoryTypes(section.reader).map(({ minimum, maximum }) => ({ minimum, maximum }));
}

/**
 * A core module whose own memories cannot grow beyond `maxima`: the maximum in its memory section
 * is lowered (or added), so that `memory.grow` itself refuses, as the guest's allocator expects.
 *
 * @param module bytes of a valid core module (V8 validates the result again)
 * @param maxima in pages, one for each of its declared memories
 */
export function capMemories(
  module: Uint8Array<ArrayBuffer>,
  maxima: readonly number[],
): Uint8Array<ArrayBuffer> {
  const found = findSection(module);
  if (found === undefined) {
    return module;
  }
  const { start, reader } = found;
  const types = memoryTypes(reader);
  const section = leb(types.length);
  types.forEach(({ flags, minimum, pageSize }, index) => {
    const maximum = maxima[index];
    if (maximum === undefined) {
      throw new RangeError('The module has more memories than were counted.');
    }
    section.push(flags | HAS_MAXIMUM, ...leb(minimum), ...leb(maximum), ...pageSize);
  });
  return join([
    module.subarray(0, start),
    Uint8Array.of(MEMORY_SECTION, ...leb(section.length)),
    Uint8Array.from(section),
    module.subarray(reader.position),
  ]);
}

/** Where the memory section begins, and a reader at its content; undefined when the module has none. */
function findSection(module: Uint8Array): { readonly start: number; readonly reader: Reader } | undefined {
  const reader = new Reader(module, HEADER_BYTES);
  while (!reader.done) {
    const start = reader.position;
    const id = reader.byte();
    const size = reader.leb();
    if (id === MEMORY_SECTION) {
      return { start, reader };
    }
    reader.position += size;
  }
  return undefined;
}

interface MemoryType extends DeclaredMemory {
  readonly flags: number;
  /** Encoded, empty when it is the usual one. */
  readonly pageSize: readonly number[];
}

function memoryTypes(reader: Reader): readonly MemoryType[] {
  const types: MemoryType[] = [];
  for (let rest = reader.leb(); rest > 0; rest -= 1) {
    const flags = reader.byte();
    types.push({
      flags,
      minimum: reader.leb(),
      maximum: (flags & HAS_MAXIMUM) === 0 ? null : reader.leb(),
      pageSize: (flags & HAS_PAGE_SIZE) === 0 ? [] : leb(reader.leb()),
    });
  }
  return types;
}

class Reader {
  readonly #bytes: Uint8Array;
  position: number;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  get done(): boolean {
    return this.position >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.position];
    if (value === undefined) {
      throw new RangeError('The module ends in the middle of a section.');
    }
    this.position += 1;
    return value;
  }

  /** An unsigned LEB128; by multiplication, since memory64 limits go beyond 32 bits. */
  leb(): number {
    let value = 0;
    for (let index = 0; index < MAX_LEB_BYTES; index += 1) {
      const next = this.byte();
      value += (next & 0x7f) * 128 ** index;
      if (next < 0x80) {
        return value;
      }
    }
    throw new RangeError('The module has a number of more than 64 bits.');
  }
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
