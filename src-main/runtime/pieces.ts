import { PIECES_BYTES } from './limits.ts';

/** Bytes that come piece by piece. A process may send single bytes: as a chunk of its own each takes a hundred times as much. */
export class Pieces {
  /** In their order; whoever takes from them may replace the list. */
  chunks: Buffer[] = [];
  /** What the last chunk is a part of, where small pieces go on to be put. */
  #open: ArrayBufferLike | null = null;

  /** @param bytes the caller's again afterwards */
  add(bytes: Uint8Array): void {
    const last = this.chunks.at(-1);
    if (last === undefined || bytes.byteLength >= PIECES_BYTES) {
      this.chunks.push(Buffer.from(bytes));
      return;
    }
    const end = last.byteOffset + last.byteLength;
    if (last.buffer === this.#open && bytes.byteLength <= last.buffer.byteLength - end) {
      Buffer.from(last.buffer).set(bytes, end);
      const length = last.byteLength + bytes.byteLength;
      this.chunks[this.chunks.length - 1] = Buffer.from(last.buffer, last.byteOffset, length);
      return;
    }
    const chunk = Buffer.allocUnsafeSlow(PIECES_BYTES);
    chunk.set(bytes);
    this.#open = chunk.buffer;
    this.chunks.push(chunk.subarray(0, bytes.byteLength));
  }
}
