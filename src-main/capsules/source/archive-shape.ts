import { MAX_EXTENDED_HEADER_BYTES, MAX_FILE_BYTES } from '../limits.ts';
import {
  corruptArchive,
  sparseFile,
  trailingData,
  truncatedArchive,
  unsupportedArchive,
} from './archive-errors.ts';
import { fileTooLarge } from './paths.ts';
import { readPax, type ExtendedFacts } from './pax.ts';
import { readTarHeader, type TarHeader } from './tar-header.ts';

const BLOCK = 512;

/** Headers whose data says something of the entry behind them. */
const EXTENDED = ['x', 'g', 'L', 'K'];

/**
 * Watches the outline of a tar stream: header block, data blocks, header block, …, two zero blocks,
 * then zeros only. tar-stream reads on behind the end mark and does not miss it, so without this an
 * archive could hold files that other tools do not show, or break off between two files unseen.
 * It also refuses what tar-stream would read otherwise than the tool that wrote it: sparse files, what is said
 * for all entries, two sizes or two names of one entry.
 */
export class ArchiveShape {
  readonly #block = new Uint8Array(BLOCK);
  #filled = 0;
  /** Bytes of the present entry that are still to come, padding included. */
  #rest = 0;
  #zeroBlocks = 0;
  /** The extended header that is being read. */
  #reading: { readonly header: TarHeader; readonly data: Uint8Array; filled: number } | null = null;
  /** Kinds of the extended headers that wait for their entry, and what they say of it. */
  readonly #waiting = new Set<string>();
  #facts: ExtendedFacts = {};

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#rest > 0) {
        const data = chunk.subarray(at, at + this.#rest);
        this.#takeData(data);
        at += data.length;
        continue;
      }
      const part = chunk.subarray(at, at + BLOCK - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === BLOCK) {
        this.#filled = 0;
        this.#endOfBlock();
      }
    }
  }

  /** Call once, when the stream has ended. */
  end(): void {
    // Within an entry there was no zero block yet: nothing may stand behind one.
    if (this.#filled > 0 || this.#zeroBlocks < 2) {
      throw truncatedArchive();
    }
  }

  #takeData(bytes: Uint8Array): void {
    this.#rest -= bytes.length;
    const reading = this.#reading;
    if (reading === null) {
      return;
    }
    const wanted = bytes.subarray(0, reading.data.length - reading.filled);
    reading.data.set(wanted, reading.filled);
    reading.filled += wanted.length;
    if (this.#rest === 0) {
      this.#endOfExtended(reading.header, reading.data);
    }
  }

  #endOfBlock(): void {
    if (this.#block.every((byte) => byte === 0)) {
      if (this.#waiting.size > 0) {
        throw corruptArchive('an extended header has no entry');
      }
      this.#zeroBlocks += 1;
      return;
    }
    if (this.#zeroBlocks > 0) {
      throw trailingData();
    }
    const header = readTarHeader(this.#block);
    if (EXTENDED.includes(header.type)) {
      this.#beginExtended(header);
    } else {
      this.#beginEntry(header);
    }
  }

  #beginEntry(header: TarHeader): void {
    const { shownName, type } = header;
    if (type === 'S') {
      throw sparseFile(shownName);
    }
    if (type === 'N') {
      throw unsupportedArchive(
        `${shownName} holds names in the form of a very old GNU tar`,
        'Pack the capsule again with a tool of today.',
      );
    }
    if (this.#waiting.has('L') && this.#facts.path !== undefined) {
      throw corruptArchive(`${shownName} has two long names`);
    }
    const size = sizeOf(header, this.#facts.size);
    if (size > MAX_FILE_BYTES) {
      throw fileTooLarge(shownName, size);
    }
    this.#rest = blocksOf(size);
    this.#reading = null;
    this.#waiting.clear();
    this.#facts = {};
  }

  #beginExtended(header: TarHeader): void {
    const size = sizeOf(header);
    if (size > MAX_EXTENDED_HEADER_BYTES) {
      throw unsupportedArchive(
        `the extended header ${header.shownName} has ${size} bytes, and at most ${MAX_EXTENDED_HEADER_BYTES} are read`,
        'Pack the capsule again without extended attributes.',
      );
    }
    if (this.#waiting.has(header.type)) {
      throw corruptArchive(`${header.shownName} is a second extended header for one entry`);
    }
    if (header.type !== 'g') {
      this.#waiting.add(header.type);
    }
    this.#rest = blocksOf(size);
    // One without data says nothing, and is not read.
    this.#reading = { header, data: new Uint8Array(size), filled: 0 };
  }

  #endOfExtended(header: TarHeader, data: Uint8Array): void {
    if (header.type === 'x') {
      this.#facts = readPax(data, 'entry', header.shownName);
    } else if (header.type === 'g') {
      readPax(data, 'all', header.shownName);
    }
  }
}

/** The extended header has the word where the older field is full; otherwise both must say the same. */
function sizeOf({ shownName, size }: TarHeader, extended?: number): number {
  // The older field holds this much; a larger number overflows it, whatever the writer left there.
  const overflows = extended !== undefined && extended >= 8 ** 11;
  if (extended !== undefined && (size === null || overflows)) {
    return extended;
  }
  if (extended !== undefined && extended !== size) {
    throw corruptArchive(
      `the header of ${shownName} says ${size} bytes, its extended header ${extended} bytes`,
    );
  }
  return size ?? 8 ** 11 - 1;
}

function blocksOf(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
