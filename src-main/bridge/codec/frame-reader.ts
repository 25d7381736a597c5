import { FrameError } from './frame-error.ts';
import { MAX_FRAME_BYTES, type FrameLimits } from './limits.ts';

/** The component model: a string is UTF-8, and a mark at its beginning is part of it. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Takes a message apart that anybody may have made. Nothing is allocated for what is not there.
 *
 * Every method throws `FrameError` where the message ends too early or says what the type does not have.
 */
export class FrameReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  readonly #limits: FrameLimits;
  #elements = 0;
  #textBytes = 0;

  constructor(bytes: Uint8Array, limits: FrameLimits) {
    if (bytes.byteLength > MAX_FRAME_BYTES) {
      throw new FrameError(`the message is larger than ${MAX_FRAME_BYTES} bytes`);
    }
    this.#bytes = bytes;
    this.#limits = limits;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A message has nothing behind its last value. */
  end(): void {
    if (this.#at !== this.#bytes.byteLength) {
      throw new FrameError('the message goes on behind its end');
    }
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  string(): string {
    const length = this.u32();
    const at = this.#take(length);
    this.#textBytes += length;
    if (this.#textBytes > this.#limits.textBytes) {
      throw new FrameError(`the message has more than ${this.#limits.textBytes} bytes of text`);
    }
    try {
      return decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw new FrameError('a string is not UTF-8');
    }
  }

  /** A copy, unless they are most of the memory that the message has, which then is not used by anybody else. */
  bytes(): Uint8Array {
    const length = this.u32();
    const at = this.#take(length);
    return 2 * length > this.#bytes.buffer.byteLength
      ? this.#bytes.subarray(at, at + length)
      : this.#bytes.slice(at, at + length);
  }

  /**
   * The number of a list's elements.
   *
   * @param leastBytes of one element
   */
  count(leastBytes: number): number {
    const elements = this.u32();
    this.#elements += elements;
    if (this.#elements > this.#limits.elements) {
      throw new FrameError(`the message has more than ${this.#limits.elements} list elements`);
    }
    if (elements * leastBytes > this.#bytes.byteLength - this.#at) {
      throw new FrameError('a list is longer than its message');
    }
    return elements;
  }

  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.byteLength - at) {
      throw new FrameError('the message ends in the middle of a value');
    }
    this.#at = at + length;
    return at;
  }
}
