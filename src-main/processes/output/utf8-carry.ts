/**
 * Bytes of one stream to text, piece by piece: a code point that is torn between two pieces waits (at most 3 bytes) for
 * its rest instead of turning into two replacement characters. What is not UTF-8 becomes U+FFFD.
 */
export class Utf8Carry {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  /** `last` also gives out what still waits. */
  take(bytes: Uint8Array, last: boolean): string {
    return this.#decoder.decode(bytes, { stream: !last });
  }

  /** Bytes were lost in between: what waits is incomplete for good. */
  skip(): string {
    return this.#decoder.decode();
  }
}
