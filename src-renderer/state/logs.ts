import { createStore } from 'zustand/vanilla';
import type { StoreApi } from 'zustand/vanilla';
import type { Failure } from '../../src-main/contract/requests.ts';
import type { LogStream, ProcessView, StreamView } from '../../src-main/contract/views.ts';
import { failureOf } from '../client/client.ts';
import type { Client } from '../client/client.ts';
import { LOG_PAGE_BYTES, LOG_WINDOW_BYTES } from '../lib/limits.ts';
import { mergeRows, streamRows } from '../lib/log-rows.ts';
import type { LogRow } from '../lib/log-rows.ts';
import {
  appendPage,
  emptyWindow,
  prependPage,
  windowEnd,
  windowSize,
  windowStart,
} from '../lib/log-window.ts';
import type { LogWindow } from '../lib/log-window.ts';
import { arrivalAt } from '../lib/split-rows.ts';
import type { Machine } from './machine.ts';

export type LogMode = LogStream | 'both';

export interface LogState {
  /** Key of the open process, null when none is. */
  readonly key: string | null;
  readonly mode: LogMode;
  readonly windows: Readonly<Record<LogStream, LogWindow>>;
  readonly rows: readonly LogRow[];
  /** The newest output is kept in view. */
  readonly follow: boolean;
  /** Offset at which following stopped: what comes behind it is new. */
  readonly stoppedAt: Readonly<Record<LogStream, number>>;
  /** Bytes that following jumped over since the log was opened. */
  readonly skipped: number;
  readonly failure: Failure | null;
}

export interface Logs {
  readonly store: StoreApi<LogState>;
  /** Watches the machine for growth; returns the unsubscribe function. */
  readonly start: () => () => void;
  readonly open: (key: string | null, mode: LogMode) => void;
  readonly setFollow: (follow: boolean) => void;
  /** The top of what is loaded is in view: loads an earlier page. */
  readonly needEarlier: () => void;
  /** The end of what is loaded is in view: loads a later page. */
  readonly needLater: () => void;
  /** Leaves the tail and reads from an offset. */
  readonly readFrom: (stream: LogStream, offset: number) => void;
  /** Leaves the tail and goes to the oldest retained output. */
  readonly readOldest: () => void;
}

/** Runs its argument before the next paint, and not at all while the page is hidden; returns the unsubscribe function. */
export type Frame = (run: () => void) => () => void;

type Place = 'tail' | 'later' | 'earlier' | { readonly from: number };

/**
 * The open log: a bounded window on the retained bytes, filled by pulling. A read is asked for when main reports growth,
 * at most one per stream and frame. When the process is ahead by more than the window, following jumps to the tail
 * instead of reading it all.
 */
export function createLogs(client: Client, machine: Machine['store'], frame: Frame): Logs {
  const store = createStore<LogState>(() => closedLog);
  const reading = new Set<LogStream>();
  /** Counts openings, so that an answer for the log before this one is dropped. */
  let opening = 0;
  let cancelFrame: (() => void) | null = null;

  const process = (): ProcessView | undefined => machine.getState().processes.get(store.getState().key ?? '');
  const schedule = (): void => {
    cancelFrame ??= frame(() => {
      cancelFrame = null;
      for (const stream of streamsOf(store.getState().mode)) {
        pump(stream);
      }
    });
  };
  const pump = (stream: LogStream): void => {
    const info = process()?.[stream];
    const state = store.getState();
    if (info === undefined || state.failure !== null) {
      return;
    }
    const end = windowEnd(state.windows[stream]);
    const behind = info.produced - (end ?? 0);
    if (behind <= 0) {
      return;
    }
    const cap = capOf(state.mode);
    if (state.follow && (end === null || behind > cap)) {
      void read(stream, 'tail', info);
    } else if (state.follow || windowSize(state.windows[stream]) + behind <= cap) {
      void read(stream, 'later', info);
    }
  };
  const read = async (stream: LogStream, place: Place, info: StreamView): Promise<void> => {
    const { key, mode, windows } = store.getState();
    if (key === null || reading.has(stream)) {
      return;
    }
    const mine = opening;
    reading.add(stream);
    try {
      const page = await client.request('logs.read', { key, stream, ...range(place, windows[stream], info) });
      if (mine !== opening) {
        return;
      }
      reading.delete(stream);
      const window = store.getState().windows[stream];
      const cap = capOf(mode);
      const next =
        place === 'earlier'
          ? prependPage(window, page, cap, info.dropped)
          : appendPage(typeof place === 'object' ? emptyWindow : window, page, cap, info.dropped + page.lost);
      const passed = place === 'tail' ? Math.max(0, page.start - (windowEnd(window) ?? page.start)) : 0;
      if (next !== window) {
        show({ ...store.getState().windows, [stream]: next }, store.getState().skipped + passed);
        schedule();
      }
    } catch (error) {
      if (mine === opening) {
        reading.delete(stream);
        store.setState({ failure: failureOf(error) });
      }
    }
  };
  const show = (windows: LogState['windows'], skipped: number): void =>
    store.setState(({ mode }) => ({ windows, skipped, rows: rowsOf(windows, mode, process()) }));
  const ends = (): Record<LogStream, number> => {
    const { windows } = store.getState();
    return { stdout: windowEnd(windows.stdout) ?? 0, stderr: windowEnd(windows.stderr) ?? 0 };
  };

  return {
    store,
    start() {
      const off = machine.subscribe((state, before) => {
        const { key } = store.getState();
        if (key !== null && state.processes.get(key) !== before.processes.get(key)) {
          schedule();
        }
      });
      return () => {
        off();
        cancelFrame?.();
        cancelFrame = null;
      };
    },
    open(key, mode) {
      opening += 1;
      reading.clear();
      store.setState({ ...closedLog, key, mode });
      if (key !== null) {
        schedule();
      }
    },
    setFollow(follow) {
      if (follow !== store.getState().follow) {
        store.setState(follow ? { follow } : { follow, stoppedAt: ends() });
        schedule();
      }
    },
    needEarlier() {
      const { windows, mode, follow } = store.getState();
      const view = process();
      if (view === undefined || follow) {
        return;
      }
      const candidates = streamsOf(mode).filter((stream) => hasEarlier(windows[stream], view[stream]));
      const stream = candidates.length > 1 ? latestStart(windows) : candidates[0];
      if (stream !== undefined) {
        void read(stream, 'earlier', view[stream]);
      }
    },
    needLater() {
      const { windows, mode, follow } = store.getState();
      const view = process();
      for (const stream of view === undefined || follow ? [] : streamsOf(mode)) {
        const info = view?.[stream];
        if (info !== undefined && info.produced > (windowEnd(windows[stream]) ?? 0)) {
          void read(stream, 'later', info);
        }
      }
    },
    readFrom(stream, offset) {
      const info = process()?.[stream];
      if (info !== undefined) {
        store.setState({ follow: false, stoppedAt: ends() });
        void read(stream, { from: Math.max(offset, info.dropped) }, info);
      }
    },
    readOldest() {
      const { windows, mode } = store.getState();
      const view = process();
      store.setState({ follow: false, stoppedAt: ends() });
      if (
        view === undefined ||
        !streamsOf(mode).some((stream) => hasEarlier(windows[stream], view[stream]))
      ) {
        return;
      }
      // Reads under way are for the place that is left.
      opening += 1;
      reading.clear();
      for (const stream of streamsOf(mode)) {
        void read(stream, { from: view[stream].dropped }, view[stream]);
      }
    },
  };
}

/** True when text in front of what is held can still be read. */
export function hasEarlier(window: LogWindow, info: StreamView): boolean {
  return (windowStart(window) ?? 0) > info.dropped;
}

/** What came since following stopped: lines when all of it is held, else bytes. */
export function newSince(
  { rows, windows, stoppedAt, mode }: LogState,
  view: ProcessView,
): { readonly lines: number | null; readonly bytes: number } {
  let unread = 0;
  let bytes = 0;
  for (const stream of streamsOf(mode)) {
    unread += Math.max(0, view[stream].produced - (windowEnd(windows[stream]) ?? 0));
    bytes += Math.max(0, view[stream].produced - stoppedAt[stream]);
  }
  const isNew = (row: LogRow): boolean =>
    row.kind === 'text' && !row.continued && row.start >= stoppedAt[row.stream];
  return { lines: unread > 0 ? null : rows.filter(isNew).length, bytes };
}

const closedLog: LogState = {
  key: null,
  mode: 'both',
  windows: { stdout: emptyWindow, stderr: emptyWindow },
  rows: [],
  follow: true,
  stoppedAt: { stdout: 0, stderr: 0 },
  skipped: 0,
  failure: null,
};

export function streamsOf(mode: LogMode): readonly LogStream[] {
  return mode === 'both' ? ['stdout', 'stderr'] : [mode];
}

/** Both streams share what one log may hold. */
function capOf(mode: LogMode): number {
  return mode === 'both' ? LOG_WINDOW_BYTES / 2 : LOG_WINDOW_BYTES;
}

function range(
  place: Place,
  window: LogWindow,
  info: StreamView,
): { cursor: number | null; maxBytes: number } {
  if (place === 'tail') {
    return { cursor: info.retained > LOG_PAGE_BYTES ? -LOG_PAGE_BYTES : null, maxBytes: LOG_PAGE_BYTES };
  }
  if (place === 'later') {
    return { cursor: windowEnd(window), maxBytes: LOG_PAGE_BYTES };
  }
  if (place === 'earlier') {
    const start = windowStart(window) ?? 0;
    const cursor = Math.max(info.dropped, start - LOG_PAGE_BYTES);
    return { cursor, maxBytes: start - cursor };
  }
  return { cursor: place.from, maxBytes: LOG_PAGE_BYTES };
}

function rowsOf(
  windows: LogState['windows'],
  mode: LogMode,
  view: ProcessView | undefined,
): readonly LogRow[] {
  if (mode !== 'both') {
    return streamRows(windows[mode], mode);
  }
  return mergeRows(windows.stdout, windows.stderr, {
    out: view !== undefined && hasEarlier(windows.stdout, view.stdout),
    err: view !== undefined && hasEarlier(windows.stderr, view.stderr),
  });
}

/** The stream whose held text begins later: its earlier text is what the merged view misses first. */
function latestStart(windows: LogState['windows']): LogStream {
  const startOf = (stream: LogStream): number => {
    const [first] = windows[stream].segments;
    return first === undefined ? 0 : (arrivalAt(first.times, first.from) ?? 0);
  };
  return startOf('stdout') >= startOf('stderr') ? 'stdout' : 'stderr';
}
