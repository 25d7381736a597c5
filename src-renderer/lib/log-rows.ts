import type { LogStream } from '../../src-main/contract/views.ts';
import { holeBefore, windowStart } from './log-window.ts';
import type { LogWindow } from './log-window.ts';
import { arrivalAt, splitRows } from './split-rows.ts';
import type { TextRow } from './split-rows.ts';

/** Bytes that the window passed over between two rows. Whether they are lost is known when the row is drawn. */
export interface HoleRow {
  readonly kind: 'hole';
  readonly id: string;
  readonly stream: LogStream;
  readonly from: number;
  readonly to: number;
  /** Nothing of this stream is held before it. */
  readonly first: boolean;
  /** Arrival of the text behind it. */
  readonly at: number | null;
}

export type LogRow = TextRow | HoleRow;

/** The row's text follows that of the row above it without a line's end: both are pieces of one line. */
export function continuesAbove(row: LogRow, above: LogRow | undefined): boolean {
  return (
    row.kind === 'text' &&
    row.continued &&
    above?.kind === 'text' &&
    above.stream === row.stream &&
    above.start + above.bytes.length === row.start
  );
}

/** The rows of one stream, holes included. */
export function streamRows(window: LogWindow, stream: LogStream): readonly LogRow[] {
  return window.segments.flatMap((segment, index): readonly LogRow[] => {
    const hole = holeBefore(window, index);
    const rows = splitRows(segment, stream);
    if (hole === null) {
      return rows;
    }
    const first = index === 0;
    const row: HoleRow = {
      kind: 'hole',
      // The hole at the top keeps one name, whatever its size: the list is anchored by names.
      id: first ? `${stream}:before` : `${stream}:hole:${hole.to}`,
      stream,
      ...hole,
      first,
      at: arrivalAt(segment.times, segment.from),
    };
    return [row, ...rows];
  });
}

/**
 * Rows of both streams in order of arrival. Where one stream's earlier text is not held, the other's text of that time
 * is left out too: an order that is only half known would be a false one. `outEarlier` and its like say whether
 * more text precedes what is held.
 */
export function mergeRows(
  out: LogWindow,
  err: LogWindow,
  earlier: { out: boolean; err: boolean },
): readonly LogRow[] {
  const outRows = timed(streamRows(out, 'stdout'));
  const errRows = timed(streamRows(err, 'stderr'));
  const known = Math.max(bound(outRows, out, earlier.out), bound(errRows, err, earlier.err));
  const rows: LogRow[] = [];
  let left = outRows.findIndex(([at]) => at >= known);
  let right = errRows.findIndex(([at]) => at >= known);
  left = left === -1 ? outRows.length : left;
  right = right === -1 ? errRows.length : right;
  while (left < outRows.length || right < errRows.length) {
    const a = outRows[left];
    const b = errRows[right];
    const takeOut = b === undefined || (a !== undefined && (a[0] <= b[0] || a[1].kind === 'hole'));
    const taken = takeOut ? a : b;
    if (taken !== undefined) {
      rows.push(taken[1]);
    }
    left += takeOut ? 1 : 0;
    right += takeOut ? 0 : 1;
  }
  return rows;
}

/** Time from which everything of a stream is held. */
function bound(rows: readonly (readonly [number, LogRow])[], window: LogWindow, earlier: boolean): number {
  return earlier && windowStart(window) !== null ? (rows[0]?.[0] ?? 0) : 0;
}

/** Rows with a time each: a row without one, or older than the row above, counts as that row. */
function timed(rows: readonly LogRow[]): readonly (readonly [number, LogRow])[] {
  let last = 0;
  return rows.map((row) => {
    last = Math.max(last, row.at ?? 0);
    return [last, row] as const;
  });
}
