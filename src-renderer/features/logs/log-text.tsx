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
    style.inverse ? 'ansi-inverse' : '',
    typeof fg === 'number' ? `ansi-fg-${fg}` : '',
    typeof bg === 'number' ? `ansi-bg-${bg}` : '',
    escaped ? 'log-escaped' : '',
  ];
  return names.filter((name) => name !== '').join(' ');
}

function styleOf({ style }: Span): CSSProperties | null {
  const [fg, bg] = style.inverse ? [style.bg, style.fg] : [style.fg, style.bg];
  // One property for all lines: a class for each would take the others' away.
  const lines = [
    style.underline ? 'underline' : '',
    style.strike ? 'line-through' : '',
    style.overline ? 'overline' : '',
  ].filter((line) => line !== '');
  const look = {
    // Never the ground's own colour, or a program could write what nobody sees; the sixteen by number are chosen so.
    ...(typeof fg === 'string' ? { color: `color-mix(in srgb, ${fg} 70%, var(--ansi-15))` } : {}),
    ...(typeof bg === 'string' ? { backgroundColor: `color-mix(in srgb, ${bg} 22%, transparent)` } : {}),
    ...(lines.length > 0 ? { textDecorationLine: lines.join(' ') } : {}),
  };
  return Object.keys(look).length > 0 ? look : null;
}
