import type { LogPage } from '../../src-main/contract/views.ts';
import { ROW_BYTES } from './limits.ts';
import type { Arrival, Segment } from './split-rows.ts';

/** What is held of one stream: stretches in order, holes between them where text was lost or skipped. */
export interface LogWindow {
  readonly segments: readonly Segment[];
}

export const emptyWindow: LogWindow = { segments: [] };

/** Absolute offset behind the last byte held, null when nothing is. */
export function windowEnd(window: LogWindow): number | null {
  const last = window.segments.at(-1);
  return last === undefined ? null : segmentEnd(last);
}

/** Absolute offset of the first byte held, null when nothing is. */
export function windowStart(window: LogWindow): number | null {
  return window.segments[0]?.from ?? null;
}

/** Bytes held. */
export function windowSize(window: LogWindow): number {
  return window.segments.reduce((sum, segment) => sum + segment.bytes.length, 0);
}

/**
 * Adds a page behind what is held and lets go of the oldest text over `cap` bytes. A page that does not continue the
 * last stretch starts a new one, so the hole stays visible. `oldest` is the first offset that can still be read.
 */
export function appendPage(window: LogWindow, page: LogPage, cap: number, oldest: number): LogWindow {
  const end = windowEnd(window);
  if (page.bytes.length === 0 || (end !== null && page.start < end)) {
    return window;
  }
  const last = window.segments.at(-1);
  const segments =
    last !== undefined && end === page.start
      ? [...window.segments.slice(0, -1), joined(last, pageSegment(page, false))]
      : [...window.segments, alignedHead(pageSegment(page, page.start === 0), oldest)];
  return { segments: withoutFront(segments, cap) };
}

/** Adds a page in front of what is held and lets go of the newest text over `cap` bytes. */
export function prependPage(window: LogWindow, page: LogPage, cap: number, oldest: number): LogWindow {
  const first = window.segments[0];
  if (first === undefined || page.bytes.length === 0 || page.start + page.bytes.length !== first.from) {
    return window;
  }
  const head = alignedHead(pageSegment(page, page.start === 0), oldest);
  return { segments: withoutBack([joined(head, first), ...window.segments.slice(1)], cap) };
}

/** The hole in front of segment `index`: bytes that the window passed over; from 0 for the first. */
export function holeBefore(
  window: LogWindow,
  index: number,
): { readonly from: number; readonly to: number } | null {
  const segment = window.segments[index];
  const before = window.segments[index - 1];
  const from = before === undefined ? 0 : segmentEnd(before);
  return segment === undefined || segment.from === from ? null : { from, to: segment.from };
}

/** How much of a hole is gone and how much could still be read, given the first offset that is retained. */
export function holeParts(
  hole: { readonly from: number; readonly to: number },
  oldest: number,
): { readonly lost: number; readonly retained: number } {
  const lost = Math.min(Math.max(oldest - hole.from, 0), hole.to - hole.from);
  return { lost, retained: hole.to - hole.from - lost };
}

function segmentEnd(segment: Segment): number {
  return segment.from + segment.bytes.length;
}

function pageSegment(page: LogPage, startsLine: boolean): Segment {
  return { from: page.start, bytes: page.bytes, times: page.times, startsLine };
}

function joined(first: Segment, second: Segment): Segment {
  const bytes = new Uint8Array(first.bytes.length + second.bytes.length);
  bytes.set(first.bytes);
  bytes.set(second.bytes, first.bytes.length);
  return {
    from: first.from,
    bytes,
    times: mergeTimes(first.times, second.times),
    startsLine: first.startsLine,
  };
}

/** Both lists of marks in order; a page repeats the mark that was in force at its start. */
function mergeTimes(first: readonly Arrival[], second: readonly Arrival[]): readonly Arrival[] {
  const last = first.at(-1)?.offset ?? -1;
  return [...first, ...second.filter((mark) => mark.offset > last)];
}

/**
 * Drops the rest of a line that a page starts in, so that rows keep their edges when earlier text is pulled later;
 * kept when that text can not be pulled any more, or when the line is longer than the page.
 */
function alignedHead(segment: Segment, oldest: number): Segment {
  if (segment.startsLine || segment.from <= oldest) {
    return segment;
  }
  const lineEnd = segment.bytes.indexOf(0x0a);
  return lineEnd === -1 || lineEnd + 1 >= segment.bytes.length
    ? segment
    : cutFront(segment, lineEnd + 1, true);
}

function withoutFront(segments: readonly Segment[], cap: number): readonly Segment[] {
  let excess = segments.reduce((sum, segment) => sum + segment.bytes.length, 0) - cap;
  let kept = segments;
  while (excess > 0) {
    const first = kept[0];
    if (first === undefined) {
      break;
    }
    if (first.bytes.length <= excess) {
      excess -= first.bytes.length;
      kept = kept.slice(1);
      continue;
    }
    // A little more than asked, up to the next line, so that the first row is a whole one.
    const lineEnd = first.bytes.subarray(excess - 1, excess + ROW_BYTES).indexOf(0x0a);
    const whole = lineEnd !== -1 && excess + lineEnd < first.bytes.length;
    return [cutFront(first, whole ? excess + lineEnd : excess, whole), ...kept.slice(1)];
  }
  return kept;
}

function withoutBack(segments: readonly Segment[], cap: number): readonly Segment[] {
  let room = cap;
  const kept: Segment[] = [];
  for (const segment of segments) {
    if (room <= 0) {
      break;
    }
    const bytes = segment.bytes.length <= room ? segment.bytes : segment.bytes.slice(0, room);
    const end = segment.from + bytes.length;
    kept.push({ ...segment, bytes, times: segment.times.filter((mark) => mark.offset < end) });
    room -= bytes.length;
  }
  return kept;
}

/** Copies what stays: a view would keep the whole buffer alive. */
function cutFront(segment: Segment, count: number, startsLine: boolean): Segment {
  const from = segment.from + count;
  const inForce = segment.times.findLastIndex((mark) => mark.offset <= from);
  return {
    from,
    bytes: segment.bytes.slice(count),
    times: segment.times.slice(Math.max(0, inForce)),
    startsLine,
  };
}
