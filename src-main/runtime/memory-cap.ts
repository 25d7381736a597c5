/** Bytes in a page of linear memory, fixed by the WebAssembly specification. */
const PAGE_BYTES = 65_536;
const MEMORY_SECTION = 5;
const HEADER_BYTES = 8;

/** Bits of a memory type's flag byte (core specification and its threads, memory64, page-size proposals). */
const HAS_MAXIMUM = 0x01;
const HAS_PAGE_SIZE = 0x08;

/** Thrown when a module declares more memory than it may ever have. */
export class MemoryDeclaredTooLarge extends Error {
  readonly declaredBytes: number;

  constructor(declaredBytes: number, limitBytes: number) {
    super(`The component declares ${declaredBytes} bytes of memory; the limit is ${limitBytes}.`);
    this.name = 'MemoryDeclaredTooLarge';
    this.declaredBytes = declaredBytes;
  }
}

/**
 * A core module whose own memories cannot grow beyond `limitBytes`: the maximum in its memory section
 * is lowered (or added), so that `memory.grow` itself refuses, as the guest's allocator expects.
 *
 * @param module bytes of a valid core module (V8 validates the result again)
 * @throws MemoryDeclaredTooLarge when the declared minimum alone is over the limit
 */
export function capMemories(module: Uint8Array<ArrayBuffer>, limitBytes: number): Uint8Array<ArrayBuffer> {
  const reader = new Reader(module, HEADER_BYTES);
  while (!reader.done) {
    const start = reader.position;
    const id = reader.byte();
    const size = reader.leb();
    if (id === MEMORY_SECTION) {
      const section = rewriteSection(reader, limitBytes);
      return join([
        module.subarray(0, start),
        Uint8Array.of(MEMORY_SECTION, ...leb(section.length)),
        Uint8Array.from(section),
        module.subarray(reader.position),
      ]);
    }
    reader.position += size;
  }
  return module;
}

function rewriteSection(reader: Reader, limitBytes: number): number[] {
  const limitPages = Math.floor(limitBytes / PAGE_BYTES);
  const count = reader.leb();
  const section = leb(count);
  for (let index = 0; index < count; index += 1) {
    const flags = reader.byte();
    const minimum = reader.leb();
    const maximum = (flags & HAS_MAXIMUM) === 0 ? limitPages : Math.min(reader.leb(), limitPages);
    if (minimum > limitPages) {
      throw new MemoryDeclaredTooLarge(minimum * PAGE_BYTES, limitBytes);
    }
    section.push(flags | HAS_MAXIMUM, ...leb(minimum), ...leb(maximum));
    if ((flags & HAS_PAGE_SIZE) !== 0) {
      section.push(...leb(reader.leb()));
    }
  }
  return section;
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
    for (let scale = 1; ; scale *= 128) {
      const next = this.byte();
      value += (next & 0x7f) * scale;
      if (next < 0x80) {
        return value;
      }
    }
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
