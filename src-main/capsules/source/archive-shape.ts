import { capsuleError } from '../errors.ts';
import { MAX_FILE_BYTES } from '../limits.ts';
import { fileTooLarge } from './paths.ts';

const BLOCK = 512;
const SIZE_OFFSET = 124;
const SIZE_LENGTH = 12;

/**
 * Watches the outline of a tar stream: header block, data blocks, header block, …, two zero blocks,
 * then zeros only. tar-stream reads on behind the end mark and does not miss it, so without this an
 * archive could hold files that other tools do not show, or break off between two files unseen.
 */
export class ArchiveShape {
  readonly #block = new Uint8Array(BLOCK);
  #filled = 0;
  /** Bytes of the present entry that are still to come. */
  #data = 0;
  #zeroBlocks = 0;

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#data > 0) {
        const skipped = Math.min(this.#data, chunk.length - at);
        this.#data -= skipped;
        at += skipped;
        continue;
      }
      const taken = Math.min(BLOCK - this.#filled, chunk.length - at);
      this.#block.set(chunk.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === BLOCK) {
        this.#filled = 0;
        this.#endOfBlock();
      }
    }
  }

  /** Call once, when the stream has ended. */
  end(): void {
    if (this.#filled > 0 || this.#data > 0 || this.#zeroBlocks < 2) {
      throw truncatedArchive();
    }
  }

  #endOfBlock(): void {
    if (this.#block.every((byte) => byte === 0)) {
      this.#zeroBlocks += 1;
      return;
    }
    if (this.#zeroBlocks > 0) {
      throw trailingData();
    }
    const size = sizeField(this.#block.subarray(SIZE_OFFSET, SIZE_OFFSET + SIZE_LENGTH));
    if (size > MAX_FILE_BYTES) {
      throw fileTooLarge('An entry', size);
    }
    this.#data = Math.ceil(size / BLOCK) * BLOCK;
  }
}

export function truncatedArchive(cause?: unknown): Error {
  return capsuleError('archive-truncated', 'The archive is truncated.', 'Download or copy it again.', cause);
}

export function trailingData(): Error {
  return capsuleError(
    'archive-trailing-data',
    'The archive has data after its end.',
    'Pack the capsule again. Nothing may be appended to a .capsule file.',
  );
}

export function corruptArchive(what: string, cause?: unknown): Error {
  return capsuleError(
    'archive-corrupt',
    `The archive is damaged: ${what}.`,
    'Download it again, or pack the capsule again.',
    cause,
  );
}

/** Octal text, or a number in base 256 when the first bit is set. */
function sizeField(field: Uint8Array): number {
  const first = field[0] ?? 0;
  if (first === 0x80) {
    return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  const text = String.fromCharCode(...field)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!/^[0-7]*$/.test(text)) {
    throw corruptArchive('a header has no size');
  }
  return text === '' ? 0 : Number.parseInt(text, 8);
}
