import type { LogStream } from '../../src-main/contract/views.ts';
import { clusterStart } from './cluster-start.ts';
import { ESCAPE, sequenceSize } from '../../src-main/contract/escape-sequences.ts';
import { characterSize } from './escape-text.ts';
import { ROW_BYTES } from './limits.ts';
import { plainStyle, styleAfter } from './sgr.ts';
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
 * Cuts a segment into rows at line ends, and lines over `ROW_BYTES` of text into pieces, never inside an escape sequence
 * nor between a character and what is put on it. Colours carry over from row to row. One pass over the bytes.
 */
export function splitRows(segment: Segment, stream: LogStream): readonly TextRow[] {
  const { bytes } = segment;
  const rows: TextRow[] = [];
  let style = plainStyle;
  let rowStyle = style;
  let start = 0;
  let continued = !segment.startsLine;
  let at = 0;
  /** Bytes of the row that are no escape sequence. */
  let shown = 0;
  /** End of the last escape sequence: no row is cut before it once it is passed. */
  let textFrom = 0;
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
    shown = 0;
  };
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === LINE_FEED) {
      close(at > start && bytes[at - 1] === CARRIAGE_RETURN ? at - 1 : at, at + 1, true);
      at += 1;
      continue;
    }
    const sequence = byte === ESCAPE ? sequenceSize(bytes, at) : 0;
    if (sequence > 0) {
      style = styleAfter(style, bytes, at, sequence);
      at += sequence;
      textFrom = at;
      continue;
    }
    const size = Math.max(1, characterSize(bytes, at));
    if (shown + size > ROW_BYTES) {
      const end = clusterStart(bytes, Math.max(start + 1, textFrom), at);
      close(end, end, false);
      shown = at - end;
    }
    shown += size;
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

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
