import { ESCAPE, sequenceSize } from '../../src-main/contract/escape-sequences.ts';
import { escapeBytes } from './escape-text.ts';
import { styleAfter } from './sgr.ts';
import type { TextStyle } from './sgr.ts';
import type { TextRow } from './split-rows.ts';

/** Text of one style, ready to draw. */
export interface Span {
  readonly text: string;
  readonly style: TextStyle;
  readonly escaped: boolean;
}

/** A row as spans: SGR becomes style, every other complete sequence disappears, what cannot be shown is escaped. */
export function rowSpans(row: TextRow): readonly Span[] {
  const { bytes } = row;
  const spans: Span[] = [];
  let style = row.style;
  let from = 0;
  const flush = (to: number): void => {
    for (const piece of escapeBytes(bytes.subarray(from, to))) {
      spans.push({ ...piece, style });
    }
  };
  let next = 0;
  for (let at = bytes.indexOf(ESCAPE); at !== -1; at = bytes.indexOf(ESCAPE, next)) {
    const size = sequenceSize(bytes, at);
    next = at + Math.max(1, size);
    if (size > 0) {
      flush(at);
      from = next;
      style = styleAfter(style, bytes, at, size);
    }
  }
  flush(bytes.length);
  return spans;
}

/** A row as plain text, as it is copied: no colours, no escapes but the visible ones. */
export function rowText(row: TextRow): string {
  return rowSpans(row)
    .map((span) => span.text)
    .join('');
}
