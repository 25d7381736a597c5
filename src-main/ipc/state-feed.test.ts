import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogStream } from '../contract/views.ts';
import { STATE_DELTA_INTERVAL_MS } from './constants.ts';
import { StateFeed } from './state-feed.ts';
import { fakeKernel, fakeWindow, someAbout, someCapsule, someProcess } from './testing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const quiet = { processes: [], outputs: [], removedProcesses: [], capsules: [], removedCapsules: [] };

describe('the state feed', () => {
  it('sends nothing to a window that has not asked for the snapshot', () => {
    const { kernel, listeners } = fakeKernel();
    const feed = new StateFeed(kernel);
    expect(listeners()).toBe(0);
    feed.dispose();
  });

  it('answers the state and then sends many changes as one delta', () => {
    const { kernel, events } = fakeKernel();
    const feed = new StateFeed(kernel);
    const window = fakeWindow(1);
    expect(feed.snapshot(window)).toEqual({ sequence: 0, processes: [], capsules: [], about: someAbout });
    for (let step = 0; step < 1000; step += 1) {
      events.fire({ kind: 'process', process: someProcess('a', `step ${step}`) });
    }
    events.fire({ kind: 'capsule', capsule: someCapsule('c') });
    vi.advanceTimersByTime(STATE_DELTA_INTERVAL_MS - 1);
    expect(window.sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(window.sent).toEqual([
      {
        name: 'state.delta',
        value: {
          ...quiet,
          sequence: 1,
          processes: [someProcess('a', 'step 999')],
          capsules: [someCapsule('c')],
        },
      },
    ]);
    vi.advanceTimersByTime(10_000);
    expect(window.sent).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
    feed.dispose();
  });

  it('sends at most one delta per interval while everything changes', () => {
    const { kernel, events } = fakeKernel();
    const feed = new StateFeed(kernel);
    const window = fakeWindow(1);
    feed.snapshot(window);
    for (let ms = 0; ms < 1000; ms += 1) {
      events.fire({ kind: 'process', process: someProcess('a', `${ms}`) });
      vi.advanceTimersByTime(1);
    }
    expect(window.sent.length).toBeLessThanOrEqual(1000 / STATE_DELTA_INTERVAL_MS);
    expect(window.sent.map(({ value }) => 'sequence' in value && value.sequence)).toEqual(
      window.sent.map((_, index) => index + 1),
    );
    feed.dispose();
  });

  it('sends growing output as the last counters of each stream, once, however often it grew', () => {
    const { kernel, events } = fakeKernel();
    const feed = new StateFeed(kernel);
    const window = fakeWindow(1);
    feed.snapshot(window);
    const grow = (key: string, stream: LogStream, produced: number): void =>
      events.fire({ kind: 'process-output', key, stream, produced, dropped: 1 });
    for (let produced = 1; produced <= 1000; produced += 1) {
      grow('a', 'stdout', produced);
      grow('a', 'stderr', 2 * produced);
    }
    vi.advanceTimersByTime(STATE_DELTA_INTERVAL_MS);
    grow('a', 'stdout', 1001);
    grow('gone', 'stdout', 5);
    // A view says all that was told before it, and not what comes after it.
    events.fire({ kind: 'process', process: someProcess('a') });
    grow('a', 'stderr', 2002);
    events.fire({ kind: 'process-removed', key: 'gone' });
    vi.advanceTimersByTime(STATE_DELTA_INTERVAL_MS);
    expect(window.sent.map(({ value }) => value)).toEqual([
      {
        ...quiet,
        sequence: 1,
        outputs: [
          { key: 'a', stream: 'stdout', produced: 1000, dropped: 1 },
          { key: 'a', stream: 'stderr', produced: 2000, dropped: 1 },
        ],
      },
      {
        ...quiet,
        sequence: 2,
        processes: [someProcess('a')],
        outputs: [{ key: 'a', stream: 'stderr', produced: 2002, dropped: 1 }],
        removedProcesses: ['gone'],
      },
    ]);
    feed.dispose();
  });

  it('names an entry either as changed or as removed, by what came last', () => {
    const { kernel, events } = fakeKernel();
    const feed = new StateFeed(kernel);
    const window = fakeWindow(1);
    feed.snapshot(window);
    events.fire({ kind: 'process', process: someProcess('gone') });
    events.fire({ kind: 'process-removed', key: 'gone' });
    events.fire({ kind: 'capsule-removed', id: 'back' });
    events.fire({ kind: 'capsule', capsule: someCapsule('back') });
    vi.advanceTimersByTime(STATE_DELTA_INTERVAL_MS);
    expect(window.sent[0]?.value).toEqual({
      ...quiet,
      sequence: 1,
      removedProcesses: ['gone'],
      capsules: [someCapsule('back')],
    });
    feed.dispose();
  });

  it('carries the sequence on when the page asks again, and loses nothing that was pending', () => {
    const { kernel, events } = fakeKernel();
    const feed = new StateFeed(kernel);
    const window = fakeWindow(1);
    feed.snapshot(window);
    events.fire({ kind: 'process-removed', key: 'a' });
    vi.advanceTimersByTime(STATE_DELTA_INTERVAL_MS);
    events.fire({ kind: 'process-removed', key: 'b' });
    expect(feed.snapshot(window).sequence).toBe(1);
    vi.advanceTimersByTime(STATE_DELTA_INTERVAL_MS);
    expect(window.sent.map(({ value }) => value)).toEqual([
      { ...quiet, sequence: 1, removedProcesses: ['a'] },
      { ...quiet, sequence: 2, removedProcesses: ['b'] },
    ]);
    feed.dispose();
  });

  it('does not forward what a guest logs', () => {
    const { kernel, events } = fakeKernel();
    const feed = new StateFeed(kernel);
    feed.snapshot(fakeWindow(1));
    const said = { capsule: 'c', principal: 'p', level: 'info', message: 'hello', at: 1 } as const;
    events.fire({ kind: 'guest-log', ...said });
    expect(vi.getTimerCount()).toBe(0);
    feed.dispose();
  });

  it('stops listening to the kernel when the last window is gone', () => {
    const { kernel, events, listeners } = fakeKernel();
    const feed = new StateFeed(kernel);
    const [first, second] = [fakeWindow(1), fakeWindow(2)];
    feed.snapshot(first);
    feed.snapshot(second);
    expect(listeners()).toBe(1);
    events.fire({ kind: 'process-removed', key: 'a' });
    first.close();
    vi.advanceTimersByTime(STATE_DELTA_INTERVAL_MS);
    expect([first.sent.length, second.sent.length]).toEqual([0, 1]);
    second.close();
    expect([listeners(), vi.getTimerCount(), first.watchers(), second.watchers()]).toEqual([0, 0, 0, 0]);
  });

  it('leaves nothing behind when disposed, and still answers a late snapshot', () => {
    const { kernel, events, listeners } = fakeKernel();
    const feed = new StateFeed(kernel);
    const window = fakeWindow(1);
    feed.snapshot(window);
    events.fire({ kind: 'process-removed', key: 'a' });
    feed.dispose();
    feed.snapshot(window);
    expect([listeners(), vi.getTimerCount(), window.watchers()]).toEqual([0, 0, 0]);
  });
});
