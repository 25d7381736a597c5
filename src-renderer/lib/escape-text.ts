/** A stretch of a log line. `escaped` text stands for bytes that cannot be shown as they are. */
export interface TextPiece {
  readonly text: string;
  readonly escaped: boolean;
}

/**
 * Bytes as text a person can trust: valid UTF-8 as it is, every other byte as `\xNN`, control and bidi characters
 * as `\xNN` or `\u{…}`, so that output cannot hide or reorder what is on the screen. Tabs stay.
 */
export function escapeBytes(bytes: Uint8Array): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  let plainFrom = 0;
  // A run of what cannot be shown is one piece: a page of zeros would otherwise be an element for each byte.
  let hiddenRun = '';
  const flush = (to: number): void => {
    if (hiddenRun !== '') {
      pieces.push({ text: hiddenRun, escaped: true });
      hiddenRun = '';
    }
    if (to > plainFrom) {
      pieces.push({ text: decoder.decode(bytes.subarray(plainFrom, to)), escaped: false });
    }
  };
  while (at < bytes.length) {
    const size = characterSize(bytes, at);
    const hidden = size === 0 ? hexByte(bytes[at] ?? 0) : hiddenCharacter(bytes, at, size);
    if (hidden === null) {
      at += size;
      continue;
    }
    if (at > plainFrom) {
      flush(at);
    }
    hiddenRun += hidden;
    at += Math.max(size, 1);
    plainFrom = at;
  }
  flush(at);
  return pieces;
}

/** Escapes control and bidi characters of a name, a path or a label, so that it cannot fake what stands around it. */
export function escapeName(text: string): string {
  return text.replace(HIDDEN, (character) => unicodeEscape(character.codePointAt(0) ?? 0));
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

/** C0 but tab, DEL, C1, soft hyphen, bidi marks and overrides, zero-width characters, line separators, BOM, tags. */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- finding control characters is the purpose
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

function hiddenCharacter(bytes: Uint8Array, at: number, size: number): string | null {
  const first = bytes[at] ?? 0;
  if (size === 1) {
    return first === 9 || (first >= 0x20 && first !== 0x7f) ? null : hexByte(first);
  }
  // Only these lead bytes can start a character of the list above; the rest needs no decoding here.
  if (first !== 0xc2 && first !== 0xd8 && first !== 0xe2 && first !== 0xef && first !== 0xf3) {
    return null;
  }
  const character = decoder.decode(bytes.subarray(at, at + size));
  const escaped = escapeName(character);
  return escaped === character ? null : escaped;
}

function isTail(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}

function hexByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

function unicodeEscape(point: number): string {
  return point < 0x80 ? hexByte(point) : `\\u{${point.toString(16)}}`;
}
