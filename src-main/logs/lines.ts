import { ESCAPE, sequenceSize } from '../contract/escape-sequences.ts';
import type { LogPage } from '../contract/views.ts';

/** A line of one stream. */
export interface StreamLine {
  /** As it was written, without the line's end. What is not UTF-8 becomes U+FFFD. */
  readonly written: string;
  /** As a person sees it: without escape sequences. */
  readonly text: string;
  /** When its first byte arrived, epoch ms; null when not known. */
  readonly at: number | null;
}

/** The lines of a page in order; the first and the last may be parts of one. */
export function linesOf({
  bytes,
  start,
  times,
}: Pick<LogPage, 'bytes' | 'start' | 'times'>): readonly StreamLine[] {
  const lines: StreamLine[] = [];
  let mark = 0;
  for (let from = 0; from < bytes.length;) {
    const lineFeed = bytes.indexOf(LINE_FEED, from);
    const end = lineFeed === -1 ? bytes.length : lineFeed;
    while ((times[mark + 1]?.offset ?? Infinity) <= start + from) {
      mark += 1;
    }
    const known = times[mark];
    const line = bytes.subarray(from, end > from && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
    const written = decoder.decode(line);
    lines.push({
      written,
      text: line.includes(ESCAPE) ? plainText(line) : written,
      at: known !== undefined && known.offset <= start + from ? known.at : null,
    });
    from = end + 1;
  }
  return lines;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text without its complete escape sequences. */
function plainText(bytes: Uint8Array): string {
  let text = '';
  let from = 0;
  for (let at = bytes.indexOf(ESCAPE); at !== -1;) {
    const size = sequenceSize(bytes, at);
    if (size > 0) {
      text += decoder.decode(bytes.subarray(from, at));
      from = at + size;
    }
    at = bytes.indexOf(ESCAPE, at + Math.max(1, size));
  }
  return text + decoder.decode(bytes.subarray(from));
}
