import { FrameError } from './frame-error.ts';
import { MAX_FRAME_BYTES, SHORT_STRING, type FrameLimits } from './limits.ts';

const FIRST_BYTES = 256;
/** UTF-8 takes at most three bytes for one UTF-16 code unit. */
const BYTES_PER_UNIT = 3;

const encoder = new TextEncoder();

/**
 * Puts a message together, little-endian and without padding.
 *
 * Every method throws `FrameError` for a value that the type does not have, and when the message gets too large.
 */
export class FrameWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  readonly #limits: FrameLimits;
  #elements = 0;
  #textBytes = 0;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** The message, without a copy; nothing more can be added. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#at);
  }

  u8(value: number): void {
    const at = this.#take(1);
    this.#view.setUint8(at, value);
  }

  u16(value: number): void {
    const at = this.#take(2);
    this.#view.setUint16(at, value, true);
  }

  u32(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
  }

  u64(value: bigint): void {
    const at = this.#take(8);
    this.#view.setBigUint64(at, value, true);
  }

  string(value: string): void {
    if (value.length > SHORT_STRING) {
      // A text has at least as many bytes.
      this.#countText(value.length);
      const text = encoder.encode(value);
      this.#countText(text.byteLength - value.length);
      this.bytes(text);
      return;
    }
    const at = this.#take(4 + value.length * BYTES_PER_UNIT);
    const { written } = encoder.encodeInto(value, this.#bytes.subarray(at + 4));
    this.#countText(written);
    this.#view.setUint32(at, written, true);
    this.#at = at + 4 + written;
  }

  /** With their number in front. */
  bytes(value: Uint8Array): void {
    this.u32(value.byteLength);
    const at = this.#take(value.byteLength);
    this.#bytes.set(value, at);
  }

  /** The number of a list's elements, which come next. */
  count(elements: number): void {
    this.#elements += elements;
    if (this.#elements > this.#limits.elements) {
      throw new FrameError(`the message has more than ${this.#limits.elements} list elements`);
    }
    this.u32(elements);
  }

  #countText(bytes: number): void {
    this.#textBytes += bytes;
    if (this.#textBytes > this.#limits.textBytes) {
      throw new FrameError(`the message has more than ${this.#limits.textBytes} bytes of text`);
    }
  }

  #take(length: number): number {
    const at = this.#at;
    const end = at + length;
    if (end > MAX_FRAME_BYTES) {
      throw new FrameError(`the message is larger than ${MAX_FRAME_BYTES} bytes`);
    }
    if (end > this.#bytes.byteLength) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#bytes.byteLength));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#at = end;
    return at;
  }
}
