import { hiddenText } from '../../src-main/contract/hidden-text.ts';

/** A stretch of a log line. `escaped` text stands for bytes that cannot be shown as they are. */
export interface TextPiece {
  readonly text: string;
  readonly escaped: boolean;
}

/**
 * Bytes as text a person can trust: every byte that is not UTF-8 as `\xNN`, characters that could hide, reorder or paint
 * over others as `\xNN` or `\u{…}` (see `hiddenText`), the rest as it is. Tabs stay.
 */
export function escapeBytes(bytes: Uint8Array): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  let validFrom = 0;
  while (at < bytes.length) {
    const size = characterSize(bytes, at);
    if (size === 0) {
      addText(pieces, decoder.decode(bytes.subarray(validFrom, at)));
      addPiece(pieces, hexByte(bytes[at] ?? 0), true);
      validFrom = at + 1;
    }
    at += Math.max(size, 1);
  }
  addText(pieces, decoder.decode(bytes.subarray(validFrom)));
  return pieces;
}

/** The same for a name, a path or a label, so that it cannot fake what stands around it. */
export function escapeName(text: string): string {
  return text.replace(hiddenText, (character: string, emoji?: string) => emoji ?? escapeCharacter(character));
}

/** Length in bytes of the well-formed UTF-8 character at `at` (Unicode table 3-7), 0 when there is none. */
export function characterSize(bytes: Uint8Array, at: number): 0 | 1 | 2 | 3 | 4 {
  const first = bytes[at] ?? 0;
  if (first < 0x80) {
    return 1;
  }
  const second = bytes[at + 1] ?? 0;
  if (first >= 0xc2 && first <= 0xdf) {
    return isTail(second) ? 2 : 0;
  }
  const third = bytes[at + 2] ?? 0;
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high && isTail(third) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high && isTail(third) && isTail(bytes[at + 3] ?? 0) ? 4 : 0;
  }
  return 0;
}

// The bytes are checked above; `ignoreBOM` keeps a byte order mark in sight instead of eating it.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function addText(pieces: TextPiece[], text: string): void {
  let shownFrom = 0;
  for (const { 0: character, index, groups } of text.matchAll(hiddenText)) {
    if (groups?.['emoji'] === undefined && character !== '\t') {
      addPiece(pieces, text.slice(shownFrom, index), false);
      addPiece(pieces, escapeCharacter(character), true);
      shownFrom = index + character.length;
    }
  }
  addPiece(pieces, text.slice(shownFrom), false);
}

/** A run of what cannot be shown is one piece: a page of zeros would otherwise be an element for each byte. */
function addPiece(pieces: TextPiece[], text: string, escaped: boolean): void {
  const last = pieces.at(-1);
  if (text === '') {
    return;
  }
  if (last?.escaped === escaped) {
    pieces[pieces.length - 1] = { text: last.text + text, escaped };
  } else {
    pieces.push({ text, escaped });
  }
}

function isTail(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}

function hexByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

function escapeCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  if (point === 0x09) {
    return character;
  }
  return point < 0x80 ? hexByte(point) : `\\u{${point.toString(16)}}`;
}
