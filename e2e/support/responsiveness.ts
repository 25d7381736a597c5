import { monitorEventLoopDelay } from 'node:perf_hooks';
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

/** Counts the page's frames from now on; the function it gives ends the count. */
export async function watchFrames(page: Page): Promise<() => Promise<Responsiveness>> {
  const stalls = monitorEventLoopDelay();
  stalls.enable();
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
    stalls.disable();
    return { frames, longest: longest - stalls.max / 1e6 };
  };
}
