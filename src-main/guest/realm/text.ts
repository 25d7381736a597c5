import { guarded } from './guarded.ts';
import type { Outer } from './outer.ts';

/** UTF-8 takes at most three bytes for one UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/**
 * The text encoders that jco's script and the codec use: a bare realm has none. Strict, as the component model says:
 * what is not UTF-8 is a trap, and a mark at the beginning belongs to the text.
 */
export function defineTextCodecs(given: Pick<Outer, 'decode' | 'encodeInto'>): void {
  const outer = guarded(given);
  class StrictDecoder {
    readonly #encoding: 'utf-8' | 'utf-16';

    constructor(encoding = 'utf-8') {
      this.#encoding = encoding === 'utf-16' ? 'utf-16' : 'utf-8';
    }

    decode(bytes: Uint8Array = new Uint8Array()): string {
      const text = outer.decode(this.#encoding, bytes);
      if (text === null) {
        throw new TypeError(`a string is not ${this.#encoding}`);
      }
      return text;
    }
  }

  class Encoder {
    encode(text: string): Uint8Array<ArrayBuffer> {
      const bytes = new Uint8Array(text.length * BYTES_PER_UNIT);
      return bytes.slice(0, this.encodeInto(text, bytes).written);
    }

    encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number } {
      const counts = new Uint32Array(2);
      outer.encodeInto(text, into, counts);
      const [read = 0, written = 0] = counts;
      return { read, written };
    }
  }

  Object.assign(globalThis, { TextDecoder: StrictDecoder, TextEncoder: Encoder });
}
