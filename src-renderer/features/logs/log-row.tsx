import { Button } from '@mantine/core';
import { memo } from 'react';
import type { ReactNode } from 'react';
import { holeParts } from '../../lib/log-window.ts';
import type { HoleRow, LogRow } from '../../lib/log-rows.ts';
import { formatBytes, clockTime, offsetTime } from '../../lib/format.ts';
import type { ViewState } from '../../state/view.ts';
import { LogText } from './log-text.tsx';

/** One row of a log: text, or a gap that says what is missing there. */
export const LogRowView = memo(function LogRowView(props: {
  readonly row: LogRow;
  /** Its text follows that of the row above without a line's end. */
  readonly joined: boolean;
  readonly times: ViewState['times'];
  readonly startedAt: number;
  /** First offset of the stream that can still be read. */
  readonly oldest: number;
  /** Both streams are shown: each row says which it belongs to. */
  readonly marked: boolean;
  readonly onRead: (offset: number) => void;
}): ReactNode {
  const { row, joined, times, startedAt, oldest, marked, onRead } = props;
  if (row.kind === 'hole') {
    return <Hole row={row} oldest={oldest} onRead={onRead} />;
  }
  return (
    <div className={`log-row log-${row.stream}`} data-row="" data-joined={joined ? '' : undefined}>
      {times === 'off' ? null : (
        <span className="log-gutter log-time">{row.continued ? '' : timeText(row.at, startedAt, times)}</span>
      )}
      {marked ? (
        <span className="log-gutter log-mark" title={row.stream}>
          {row.stream === 'stderr' ? 'err' : 'out'}
        </span>
      ) : null}
      {row.continued ? (
        <span
          className="log-gutter log-goes-on"
          title={`Continued from the ${joined ? 'row above' : `text before it on ${row.stream}`}`}
        >
          ↪
        </span>
      ) : null}
      <span className="log-text" data-text="">
        <LogText row={row} />
      </span>
    </div>
  );
});

function Hole(props: {
  readonly row: HoleRow;
  readonly oldest: number;
  readonly onRead: (offset: number) => void;
}): ReactNode {
  const { row, oldest, onRead } = props;
  const { lost, retained } = holeParts(row, oldest);
  const when = row.at === null ? '' : ` before ${clockTime(row.at).slice(0, 8)}`;
  if (row.first && lost === 0) {
    return (
      <div className="log-hole quiet">{formatBytes(retained)} of earlier output, loaded as you scroll up</div>
    );
  }
  return (
    <div className="log-hole" role="note">
      {lost > 0 ? <b>{formatBytes(lost)} lost here</b> : null}
      {lost > 0 ? `${when} (exactly ${lost.toLocaleString('en-GB')} bytes of ${row.stream})` : null}
      {lost > 0 && retained > 0 ? ' · ' : null}
      {retained > 0
        ? `${formatBytes(retained)} ${row.first ? 'of earlier output retained' : 'skipped, still retained'}`
        : null}
      {retained > 0 && !row.first ? (
        <Button size="compact-xs" variant="default" ml={8} onClick={() => onRead(row.from)}>
          Read from here
        </Button>
      ) : null}
    </div>
  );
}

function timeText(at: number | null, startedAt: number, times: ViewState['times']): string {
  if (at === null) {
    return '–';
  }
  return times === 'relative' ? offsetTime(at, startedAt) : clockTime(at);
}
