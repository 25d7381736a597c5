import type { CSSProperties, ReactNode } from 'react';
import { rowSpans } from '../../lib/row-spans.ts';
import type { Span } from '../../lib/row-spans.ts';
import type { TextRow } from '../../lib/split-rows.ts';

/** The text of a log row with its colours; escaped bytes look like what they are. */
export function LogText({ row }: { readonly row: TextRow }): ReactNode {
  return rowSpans(row).map((span, index) => {
    const className = classOf(span);
    const style = styleOf(span);
    // Spans of a row have no identity of their own; their place is all there is.
    return className === '' && style === null ? (
      span.text
    ) : (
      <span key={index} className={className} style={style ?? {}}>
        {span.text}
      </span>
    );
  });
}

function classOf({ style, escaped }: Span): string {
  const [fg, bg] = style.inverse ? [style.bg, style.fg] : [style.fg, style.bg];
  const names = [
    style.bold ? 'ansi-bold' : '',
    style.dim ? 'ansi-dim' : '',
    style.italic ? 'ansi-italic' : '',
    style.underline ? 'ansi-underline' : '',
    style.strike ? 'ansi-strike' : '',
    style.inverse ? 'ansi-inverse' : '',
    typeof fg === 'number' ? `ansi-fg-${fg}` : '',
    typeof bg === 'number' ? `ansi-bg-${bg}` : '',
    escaped ? 'log-escaped' : '',
  ];
  return names.filter((name) => name !== '').join(' ');
}

function styleOf({ style }: Span): CSSProperties | null {
  const [fg, bg] = style.inverse ? [style.bg, style.fg] : [style.fg, style.bg];
  const color = typeof fg === 'string' ? { color: fg } : {};
  const background = typeof bg === 'string' ? { backgroundColor: bg } : {};
  return typeof fg === 'string' || typeof bg === 'string' ? { ...color, ...background } : null;
}
