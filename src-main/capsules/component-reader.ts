import type { TypedError } from '../base/typed-error.ts';
import { capsuleError, type CapsuleErrorCode } from './errors.ts';
import { MAX_COMPONENT_NAME_BYTES } from './limits.ts';

/** Reads numbers and names of a WebAssembly binary, never past its end. */
export class ComponentReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
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
      throw this.malformed('it ends in the middle of an item');
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

  name(): string {
    const length = this.u32();
    if (length > MAX_COMPONENT_NAME_BYTES || length > this.remaining) {
      throw this.malformed('a name is too long');
    }
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (cause) {
      throw this.malformed('a name is not UTF-8', cause);
    }
  }

  /** Reads a count, then that many items. Every item takes at least a byte, so a huge count ends at the end. */
  vector(item: () => void): void {
    const count = this.u32();
    if (count > this.remaining) {
      throw this.malformed('a list is longer than the bytes that are left');
    }
    for (let index = 0; index < count; index++) {
      item();
    }
  }

  /** A reader of the next `length` bytes, which this one skips. */
  part(length: number): ComponentReader {
    const start = this.#at;
    this.#at += length;
    return new ComponentReader(this.#bytes, start, this.#at);
  }

  malformed(what: string, cause?: unknown): TypedError<CapsuleErrorCode> {
    return capsuleError(
      'component-malformed',
      `The component cannot be read: at byte ${this.#at} ${what}.`,
      'Build the component again; the file may be damaged, or made by a tool newer than this program.',
      cause,
    );
  }
}
