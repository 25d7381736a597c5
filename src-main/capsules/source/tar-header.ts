import { corruptArchive } from './archive-errors.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** The fields of a tar header that decide how the archive goes on. */
export interface TarHeader {
  /** As the header itself has it, for messages: quoted, and cut to the field's 100 bytes. */
  readonly shownName: string;
  /** `0` or NUL for a file, `5` for a folder, `x` and `g` for extended headers, `L` and `K` for long names, … */
  readonly type: string;
  /** Bytes of data behind the header; null where the field says only that it has no room for the number. */
  readonly size: number | null;
}

const NAME = [0, 100] as const;
const SIZE = [124, 136] as const;
const TYPE = 156;
const MAGIC = [257, 263] as const;
/** Eleven octal digits: what a writer leaves in the field of a number that is larger. */
const FULL = '7'.repeat(11);

/** @throws TypedError `archive-corrupt` for a header that is none of v7, ustar, pax or GNU. */
export function readTarHeader(block: Uint8Array): TarHeader {
  const shownName = quoted(new TextDecoder().decode(textOf(block.subarray(...NAME))));
  const magic = String.fromCharCode(...block.subarray(...MAGIC));
  // The oldest kind (v7) leaves these bytes zero; GNU tar writes a blank where POSIX has a zero.
  if (!['ustar\0', 'ustar ', '\0\0\0\0\0\0'].includes(magic)) {
    throw corruptArchive(`${shownName} has a header of an unknown format`);
  }
  return {
    shownName,
    type: String.fromCharCode(block[TYPE] ?? 0),
    size: sizeField(block.subarray(...SIZE), shownName),
  };
}

function textOf(field: Uint8Array): Uint8Array {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

/** Octal text, or a number in base 256 when the first bit is set. */
function sizeField(field: Uint8Array, shownName: string): number | null {
  if (field[0] === 0x80) {
    return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  const text = String.fromCharCode(...field)
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (!/^[0-7]*$/.test(text)) {
    throw corruptArchive(`the header of ${shownName} has no size`);
  }
  if (text === FULL) {
    return null;
  }
  return text === '' ? 0 : Number.parseInt(text, 8);
}
