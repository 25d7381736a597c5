import { Buffer } from 'node:buffer';
import type { TypedError } from '../../base/typed-error.ts';
import { capsuleError, type CapsuleErrorCode } from '../errors.ts';
import { MAX_COMPONENT_NAME_BYTES, MAX_CORE_NAME_BYTES } from '../limits.ts';
import { Budget, type Counted } from './budget.ts';
import { quoted } from '../words/escape-control-chars.ts';

/**
 * Reads numbers and names of a WebAssembly binary, never past its end. A name that could be taken for code is
 * refused wherever it stands: jco writes names of the component into the script that it generates.
 */
export class ComponentReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  readonly #budget: Budget;
  /** The part of the component that is read, for messages. */
  readonly where: string;

  constructor(bytes: Uint8Array, start: number, end: number, where = 'the component', budget = new Budget()) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.where = where;
    this.#budget = budget;
  }

  get position(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    const value = this.#at < this.#end ? this.#bytes[this.#at] : undefined;
    if (value === undefined) {
      throw this.malformed('unexpected end in the middle of an item');
    }
    this.#at += 1;
    return value;
  }

  /** The next byte without taking it; -1 at the end. */
  peek(): number {
    return this.#at < this.#end ? (this.#bytes[this.#at] ?? -1) : -1;
  }

  /** An unsigned 32-bit LEB128: at most five bytes, no bits beyond the 32nd. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      const bits = byte & 0x7f;
      if (shift === 28 && (byte & 0xf0) !== 0) {
        throw this.malformed('a number is too large');
      }
      // Not `<<`, which would make the 32nd bit a sign.
      value += bits * 2 ** shift;
      if ((byte & 0x80) === 0) {
        return value;
      }
    }
    throw this.malformed('a number is too long');
  }

  /** An unsigned 64-bit LEB128. Sizes over 2^53 are rounded: every limit is far below. */
  u64(): number {
    let value = 0;
    for (let index = 0; index < 10; index += 1) {
      const byte = this.byte();
      value += (byte & 0x7f) * 128 ** index;
      if (byte < 0x80) {
        return value;
      }
    }
    throw this.malformed('a number is too long');
  }

  /** Walks a number whose value does not matter, signed or not. */
  skipNumber(): void {
    this.u64();
  }

  skip(length: number): void {
    if (length > this.remaining) {
      throw this.malformed('unexpected end in the middle of an item');
    }
    this.#at += length;
  }

  /**
   * @param what the name is of, for the message, such as `core export`
   * @param most longest name in bytes
   * @throws TypedError `component-bad-name` for anything but printable ASCII, and for a quote, backtick or backslash
   */
  name(what: string, most: number = MAX_COMPONENT_NAME_BYTES): string {
    const bytes = this.#name(what, most);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  }

  /** Walks a name of a core module, which is held to the same. */
  skipCoreName(what: string): void {
    this.#name(what, MAX_CORE_NAME_BYTES);
  }

  #name(what: string, most: number): Uint8Array {
    const length = this.u32();
    if (length > most || length > this.remaining) {
      throw this.malformed('a name is too long');
    }
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    if (!isPlain(bytes)) {
      throw this.#badName(what, bytes);
    }
    this.#at += length;
    return bytes;
  }

  /**
   * Reads a count, then that many items, and answers the count. Every item takes at least a byte, so a huge count
   * ends at the end.
   */
  vector(item: () => void): number {
    const count = this.u32();
    if (count > this.remaining) {
      throw this.malformed('a list is longer than the remaining bytes');
    }
    this.spend('items', count);
    for (let index = 0; index < count; index++) {
      item();
    }
    return count;
  }

  /** The same for items whose values are wanted. */
  list<T>(item: () => T): readonly T[] {
    const items: T[] = [];
    this.vector(() => items.push(item()));
    return items;
  }

  /** Counts what was read against the limits of the whole component. Throws TypedError `component-too-large`. */
  spend(what: Counted, count: number): void {
    this.#budget.spend(what, count, this.where);
  }

  /** A reader of the next `length` bytes, which this one skips; both count their items together. */
  part(length: number, where = this.where): ComponentReader {
    const start = this.#at;
    this.skip(length);
    this.spend('items', 1);
    return new ComponentReader(this.#bytes, start, this.#at, where, this.#budget);
  }

  malformed(what: string, cause?: unknown): TypedError<CapsuleErrorCode> {
    return capsuleError(
      'component-malformed',
      `The component is malformed at byte ${this.#at}: ${what}.`,
      'Rebuild the component. The file may be damaged, or built with a newer tool than this version supports.',
      cause,
    );
  }

  #badName(what: string, bytes: Uint8Array): TypedError<CapsuleErrorCode> {
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      return capsuleError(
        'component-bad-name',
        `The component has an unsafe name: the ${what} ${quoted(text)} of ${this.where}.`,
        'Names must be printable ASCII without quotes, backticks and backslashes. Rebuild it with a current toolchain.',
      );
    } catch (cause) {
      return this.malformed('a name is not UTF-8', cause);
    }
  }
}

/** Printable ASCII, without what ends or continues a JavaScript string: `"`, `'`, `\` and `` ` ``. */
function isPlain(bytes: Uint8Array): boolean {
  // An iterator would take five times as long, and there can be 40 MB of names.
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x27 || byte === 0x5c || byte === 0x60) {
      return false;
    }
  }
  return true;
}
