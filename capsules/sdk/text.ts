/**
 * UTF-8 in plain JavaScript: the engine of a capsule has no `TextEncoder` and no `TextDecoder`. Both follow
 * the WHATWG encoding standard: a lone surrogate is written, and a malformed sequence is read, as U+FFFD,
 * one per maximal wrong part. A byte order mark is kept.
 */

const REPLACEMENT = 0xfffd;

/** The marker bits of a lead byte, by the number of bytes that follow it. */
const LEADS = [0, 0xc0, 0xe0, 0xf0] as const;

/** Code points handed to `String.fromCodePoint` at once: well below the engine's limit on arguments. */
const CHUNK = 1024;

/** `text` as UTF-8. */
export function encodeText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const char of text) {
    const point = char.codePointAt(0) ?? REPLACEMENT;
    const code = point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
    if (code < 0x80) {
      bytes.push(code);
      continue;
    }
    const extra = code < 0x800 ? 1 : code < 0x1_0000 ? 2 : 3;
    bytes.push((LEADS[extra] ?? 0) | (code >> (6 * extra)));
    for (let rest = extra - 1; rest >= 0; rest--) bytes.push(0x80 | ((code >> (6 * rest)) & 0x3f));
  }
  return new Uint8Array(bytes);
}

/** UTF-8 `bytes` as text. */
export function decodeText(bytes: Uint8Array): string {
  let text = '';
  let points: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const { point, length } = codePointAt(bytes, at);
    points.push(point);
    at += length;
    if (points.length === CHUNK) {
      text += String.fromCodePoint(...points);
      points = [];
    }
  }
  return text + String.fromCodePoint(...points);
}

/** The code point that starts at `at` and how many bytes it took. */
function codePointAt(bytes: Uint8Array, at: number): { point: number; length: number } {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return { point: lead, length: 1 };
  if (lead < 0xc2 || lead > 0xf4) return { point: REPLACEMENT, length: 1 };
  const extra = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  let point = lead & (0x3f >> extra);
  for (let index = 1; index <= extra; index++) {
    const next = bytes[at + index] ?? 0;
    const [low, high] = index === 1 ? secondByteRange(lead) : [0x80, 0xbf];
    if (next < low || next > high) return { point: REPLACEMENT, length: index };
    point = (point << 6) | (next & 0x3f);
  }
  return { point, length: extra + 1 };
}

/** What may follow `lead`: narrower than 0x80–0xbf where it would be overlong, a surrogate or too large. */
function secondByteRange(lead: number): readonly [number, number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  if (lead === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
