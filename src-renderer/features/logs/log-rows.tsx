import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { ClipboardEvent, KeyboardEvent, PointerEvent, ReactNode, WheelEvent } from 'react';
import { useStore } from 'zustand';
import type { ProcessView } from '../../../src-main/contract/views.ts';
import { escapeName } from '../../lib/escape-text.ts';
import { continuesAbove } from '../../lib/log-rows.ts';
import { EDGE_ROWS, LOG_ROW_PX } from '../../lib/limits.ts';
import type { Stores } from '../../state/stores.ts';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { selectedText } from './copy.ts';
import { LogRowView } from './log-row.tsx';

/** The visible rows of the open log. Fetches more output when an edge of what is loaded scrolls into view. */
export function LogRows({
  stores,
  process,
}: {
  readonly stores: Stores;
  readonly process: ProcessView;
}): ReactNode {
  const { logs, view } = stores;
  const { rows, follow, mode } = useStore(logs.store);
  const { wrap, times } = useStore(view);
  const scroller = useRef<HTMLDivElement>(null);
  const watch = useKeptFocus(() => scroller.current?.focus({ preventScroll: true }));
  /** After Home: the oldest output is being loaded, and its first row must be shown. */
  const toTop = useRef(false);
  // oxlint-disable-next-line react/incompatible-library -- nothing that is memoized depends on the virtualizer's functions
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LOG_ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    // Keeps the first visible row in place when earlier output is loaded or dropped.
    anchorTo: follow ? 'start' : 'end',
    // While following, the last rows are always rendered: the virtualizer learns of a scroll one frame late, and under
    // heavy output every frame brings new rows.
    rangeExtractor: (range) =>
      follow ? lastIndexes(range.count, scroller.current) : defaultRangeExtractor(range),
    overscan: 6,
  });
  const items = virtual.getVirtualItems();
  const height = virtual.getTotalSize();

  useLayoutEffect(() => virtual.measure(), [virtual, wrap]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (follow && element !== null) {
      element.scrollTop = element.scrollHeight;
    } else if (toTop.current && element !== null) {
      element.scrollTop = 0;
    }
  }, [follow, rows, wrap, height]);

  // When the pane shrinks, the end would scroll out of view.
  useEffect(() => {
    const element = scroller.current;
    if (!follow || element === null) {
      return undefined;
    }
    const observer = new ResizeObserver(() => (element.scrollTop = element.scrollHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [follow]);

  const firstSeen = items[0]?.index ?? 0;
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (!follow && rows.length > 0 && firstSeen <= EDGE_ROWS) {
      logs.needEarlier();
    }
    if (!follow && lastSeen >= rows.length - EDGE_ROWS) {
      logs.needLater();
    }
  }, [follow, firstSeen, lastSeen, rows, logs]);

  const onWheel = (event: WheelEvent): void => {
    toTop.current = false;
    if (event.deltaY < 0) {
      logs.setFollow(false);
    }
  };
  const onPointerDown = (event: PointerEvent): void => {
    toTop.current = false;
    const element = scroller.current;
    // On the scrollbar, which lies outside the client area.
    if (element !== null && event.target === element && event.nativeEvent.offsetX > element.clientWidth) {
      logs.setFollow(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    toTop.current = event.key === 'Home';
    if (event.key === 'End') {
      event.preventDefault();
      logs.setFollow(true);
    } else if (event.key === 'Home') {
      event.preventDefault();
      event.currentTarget.scrollTop = 0;
      logs.readOldest();
    } else if (['ArrowUp', 'PageUp'].includes(event.key)) {
      logs.setFollow(false);
    }
  };
  const onCopy = (event: ClipboardEvent): void => {
    const text = selectedText(event.currentTarget, window.getSelection());
    if (text !== null) {
      event.preventDefault();
      event.clipboardData.setData('text/plain', text);
    }
  };

  return (
    <div
      ref={scroller}
      role="log"
      aria-label={`Output of ${escapeName(process.label)}`}
      aria-live="off"
      tabIndex={0}
      className={wrap ? 'log-scroll wrap' : 'log-scroll'}
      onWheel={onWheel}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onCopy={onCopy}
      {...watch}
    >
      {rows.length === 0 ? <p className="log-nothing">{nothingText(process)}</p> : null}
      <div className="log-sheet" style={{ height }}>
        <div className="log-lines" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              <div key={row.id} data-index={item.index} ref={wrap ? virtual.measureElement : null}>
                <LogRowView
                  row={row}
                  joined={continuesAbove(row, rows[item.index - 1])}
                  times={times}
                  startedAt={process.startedAt}
                  oldest={process[row.stream].dropped}
                  marked={mode === 'both'}
                  onRead={(offset) => logs.readFrom(row.stream, offset)}
                />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Indexes of the rows that fill a box of unwrapped rows from its end, and a few more. */
function lastIndexes(count: number, box: Element | null): number[] {
  const shown = Math.min(count, Math.ceil((box?.clientHeight ?? 0) / LOG_ROW_PX) + EDGE_ROWS);
  return Array.from({ length: shown }, (_, index) => count - shown + index);
}

function nothingText(process: ProcessView): string {
  return process.phase === 'exited' ? 'No output retained.' : 'No output yet.';
}
