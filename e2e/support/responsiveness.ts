import type { Page } from '@playwright/test';

/** The browser's globals that the probe uses; these files are checked without the DOM's types. */
interface ProbeGlobals {
  requestAnimationFrame(step: (at: number) => void): number;
  probe?: { frames: number; longest: number; last: number; stopped: boolean };
}

/** A frame later than this is a window that hangs, on any machine; the 50 ms of the budget are the bench's. */
export const HUNG_MS = 1000;

export interface Responsiveness {
  readonly frames: number;
  /** Longest time between two frames, less what this process was held up itself: a busy machine stalls both. In ms. */
  readonly longest: number;
}

/** How often this process looks whether it is held up, in ms. */
const TICK_MS = 20;

/** Counts the page's frames from now on; the function it gives ends the count. */
export async function watchFrames(page: Page): Promise<() => Promise<Responsiveness>> {
  const longestStall = watchStalls();
  await page.evaluate(() => {
    const globals = globalThis as unknown as ProbeGlobals;
    const probe = { frames: 0, longest: 0, last: performance.now(), stopped: false };
    const step = (): void => {
      const now = performance.now();
      probe.frames += 1;
      probe.longest = Math.max(probe.longest, now - probe.last);
      probe.last = now;
      if (!probe.stopped) {
        globals.requestAnimationFrame(step);
      }
    };
    globals.probe = probe;
    globals.requestAnimationFrame(step);
  });
  return async () => {
    const { frames, longest } = await page.evaluate(() => {
      const { probe } = globalThis as unknown as ProbeGlobals;
      if (probe === undefined) {
        throw new Error('the page was replaced while its frames were counted');
      }
      probe.stopped = true;
      // The frame that never came counts as well.
      return { frames: probe.frames, longest: Math.max(probe.longest, performance.now() - probe.last) };
    });
    return { frames, longest: longest - longestStall() };
  };
}

/** The function it gives ends the watch and tells the longest that this process was held up, in ms. */
function watchStalls(): () => number {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last - TICK_MS);
    last = now;
  };
  const timer = setInterval(look, TICK_MS);
  return () => {
    clearInterval(timer);
    look();
    return longest;
  };
}
