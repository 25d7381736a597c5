import type { LogStream } from '../../src-main/contract/views.ts';
import { characterSize } from './escape-text.ts';
import { ROW_BYTES } from './limits.ts';
import { applySgr, plainStyle } from './sgr.ts';
import type { TextStyle } from './sgr.ts';

/** One row of log text: a line, or a piece of a line too long for one row. */
export interface TextRow {
  readonly kind: 'text';
  /** Stable while the text stays in the window. */
  readonly id: string;
  readonly stream: LogStream;
  /** Absolute offset of the first byte. */
  readonly start: number;
  /** The row's bytes without the line's end. */
  readonly bytes: Uint8Array;
  /** Style in force at the row's start. */
  readonly style: TextStyle;
  /** The row goes on where the row above stopped in the middle of a line. */
  readonly continued: boolean;
  /** Arrival of the first byte, epoch ms, where known. */
  readonly at: number | null;
}

export interface Arrival {
  readonly offset: number;
  readonly at: number;
}

/** A stretch of a stream without a hole. */
export interface Segment {
  /** Absolute offset of the first byte. */
  readonly from: number;
  readonly bytes: Uint8Array;
  readonly times: readonly Arrival[];
  /** The first byte is the first of a line. */
  readonly startsLine: boolean;
}

/**
 * Cuts a segment into rows at line ends, and lines over `ROW_BYTES` into pieces, never inside a UTF-8 character or a
 * short escape sequence. Colours carry over from row to row. One pass over the bytes.
 */
export function splitRows(segment: Segment, stream: LogStream): readonly TextRow[] {
  const { bytes } = segment;
  const rows: TextRow[] = [];
  let style = plainStyle;
  let rowStyle = style;
  let start = 0;
  let continued = !segment.startsLine;
  let at = 0;
  const close = (end: number, next: number, lineEnds: boolean): void => {
    rows.push({
      kind: 'text',
      id: `${stream}:${segment.from + start}`,
      stream,
      start: segment.from + start,
      bytes: bytes.subarray(start, end),
      style: rowStyle,
      continued,
      at: arrivalAt(segment.times, segment.from + start),
    });
    start = next;
    continued = !lineEnds;
    rowStyle = style;
  };
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === LINE_FEED) {
      close(at > start && bytes[at - 1] === CARRIAGE_RETURN ? at - 1 : at, at + 1, true);
      at += 1;
      continue;
    }
    const size = byte === ESCAPE ? escapeSize(bytes, at) : Math.max(1, characterSize(bytes, at));
    if (at + size - start > ROW_BYTES && at > start) {
      close(at, at, false);
    }
    if (byte === ESCAPE) {
      style = styleAfter(style, bytes, at, size);
    }
    at += size;
  }
  if (at > start) {
    close(at, at, false);
  }
  return rows;
}

/** Arrival of the byte at `offset`: that of the last mark at or before it. */
export function arrivalAt(times: readonly Arrival[], offset: number): number | null {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle]?.offset ?? 0) <= offset) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return times[low - 1]?.at ?? null;
}

/**
 * Length of the escape sequence at `at` (ESC itself when it starts nothing known): CSI up to its final byte, OSC up to
 * BEL or ST, other two- and three-byte escapes (ECMA-48 5.4, xterm). A sequence cut off by the end counts to the end.
 */
export function escapeSize(bytes: Uint8Array, at: number): number {
  const kind = bytes[at + 1];
  if (kind === undefined) {
    return 1;
  }
  if (kind === 0x5b) {
    return endOf(bytes, at, at + 2, (byte) => byte >= 0x40 && byte <= 0x7e);
  }
  if (kind === 0x5d) {
    return endOf(
      bytes,
      at,
      at + 2,
      (byte, index) => byte === 0x07 || (byte === 0x5c && bytes[index - 1] === ESCAPE),
    );
  }
  if (kind >= 0x20 && kind <= 0x2f) {
    return Math.min(3, bytes.length - at);
  }
  return kind >= 0x30 && kind <= 0x7e ? 2 : 1;
}

/** The style after the escape at `at`: only `ESC [ … m` changes it. */
export function styleAfter(style: TextStyle, bytes: Uint8Array, at: number, size: number): TextStyle {
  if (size < 3 || bytes[at + 1] !== 0x5b || bytes[at + size - 1] !== 0x6d) {
    return style;
  }
  const parameters = String.fromCharCode(...bytes.subarray(at + 2, at + size - 1));
  return /^[\d;:]*$/u.test(parameters) ? applySgr(style, parameters) : style;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
export const ESCAPE = 0x1b;
/** Longer than any sequence in use; a stray `ESC [` must not swallow text without end. */
const MAX_ESCAPE_BYTES = 256;

function endOf(
  bytes: Uint8Array,
  from: number,
  body: number,
  isFinal: (byte: number, index: number) => boolean,
): number {
  const limit = Math.min(bytes.length, from + MAX_ESCAPE_BYTES);
  for (let index = body; index < limit; index += 1) {
    const byte = bytes[index] ?? 0;
    if (isFinal(byte, index)) {
      return index + 1 - from;
    }
    if (byte === LINE_FEED) {
      return 1;
    }
  }
  return limit === bytes.length ? bytes.length - from : 1;
}
