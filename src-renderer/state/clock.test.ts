import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createClock } from './clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 10_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function openPage(visibilityState: DocumentVisibilityState) {
  const page = Object.assign(new EventTarget(), { visibilityState });
  const show = (state: DocumentVisibilityState): void => {
    page.visibilityState = state;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  return { page: page as unknown as Document, show };
}

it('the clock ticks each second while the page is seen, rests while it is not, and is right at once when it is again', () => {
  const { store, start } = createClock(Date.now);
  expect(store.getState()).toEqual({ now: 10_000 });
  const { page, show } = openPage('visible');
  vi.setSystemTime(10_500);
  const stop = start(page);
  expect(store.getState()).toEqual({ now: 10_500 });
  vi.advanceTimersByTime(2_000);
  expect(store.getState()).toEqual({ now: 12_500 });
  show('hidden');
  vi.advanceTimersByTime(60_000);
  expect(store.getState()).toEqual({ now: 12_500 });
  show('visible');
  expect(store.getState()).toEqual({ now: 72_500 });
  show('visible');
  expect(vi.getTimerCount()).toBe(1);
  stop();
  expect(vi.getTimerCount()).toBe(0);
  show('visible');
  expect(vi.getTimerCount()).toBe(0);
});

it('a page that opens unseen has the time it opened at', () => {
  const { store, start } = createClock(Date.now);
  const stop = start(openPage('hidden').page);
  vi.advanceTimersByTime(5_000);
  expect(store.getState()).toEqual({ now: 10_000 });
  stop();
});
