import { Buffer } from 'node:buffer';
import { MAX_PATH_SEGMENT_BYTES } from './limits.ts';

/** Names of devices on Windows, in every folder. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[1-9¹²³]|lpt[1-9¹²³])$/i;
const NOT_ON_WINDOWS = /[<>:"|?*\\]/;
/** What Windows calls a longer name as well, in the 8.3 form of DOS (`longfi~1.txt`). */
const SHORT_ALIAS = /^(?=[^.]{3,8}(?:\.|$))[^.]{1,6}~\d{1,6}(?:\.[^.]{0,3})?$/;

/**
 * Why a file or folder of a capsule cannot have this name, for a sentence that begins with the name; undefined when
 * it can, on Linux, macOS and Windows alike.
 *
 * @param name one part of a path
 */
export function nameProblem(name: string): string | undefined {
  // Judged as it is compared: HFS+ passes over invisible characters, so `.\u200d` is `.` there.
  if (['', '.', '..'].includes(foldName(name))) {
    return 'which is not a file name';
  }
  if (Buffer.byteLength(name) > MAX_PATH_SEGMENT_BYTES) {
    return `which has more than ${MAX_PATH_SEGMENT_BYTES} bytes`;
  }
  // Control characters have no place in a name; U+FFFD stands for bytes that were not UTF-8.
  if (/[\p{Cc}\p{Cs}\uFFFD]/u.test(name)) {
    return 'which has control characters in it, or is not UTF-8';
  }
  const character = NOT_ON_WINDOWS.exec(name)?.[0];
  if (character !== undefined) {
    return `which has ${character === '"' ? "'\"'" : `"${character}"`} in it, which no name on Windows can have`;
  }
  if (/[. ]$/.test(name)) {
    return 'which ends in a dot or a blank, which Windows strips';
  }
  if (isDeviceName(name)) {
    return `but "${beforeDot(name)}" is the name of a device on Windows`;
  }
  return SHORT_ALIAS.test(name) ? 'which on Windows can be the short form of another name' : undefined;
}

/** True for `con`, and for `con.txt` and `CON .x`, which Windows takes for the same. */
export function isDeviceName(name: string): boolean {
  return DEVICE.test(beforeDot(name));
}

/**
 * The same text for all names that are one file where case, composition or invisible characters do not count: full
 * case folding (`straße` is `STRASSE` on APFS and with ext4's casefold), canonical composition, and what HFS+ and ext4
 * pass over. Where a system tells two such names apart, nothing is lost by refusing the pair.
 */
export function foldName(text: string): string {
  const visible = text.normalize('NFD').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  // JavaScript has no case folding. Upper case expands (`ß` to `SS`), and capitals that do not (`ẞ`, `ϴ`) first need
  // a lower-case form; what upper case gives is composed anew, since it may decompose.
  return visible.toUpperCase().toLowerCase().toUpperCase().normalize('NFD');
}

function beforeDot(name: string): string {
  return (name.split('.')[0] ?? '').trimEnd();
}
