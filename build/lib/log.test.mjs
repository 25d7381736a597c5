import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from './log.mjs';

describe('a step of preparation that takes long', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** @param {{quiet?: boolean, overwrites?: boolean}} options @param {number} takes milliseconds */
  async function written(options, takes) {
    /** @type {string[]} */
    const lines = [];
    const log = createLog({ ...options, out: { write: (text) => lines.push(text) } });
    const step = log.step(
      'Electron',
      () => new Promise((resolve) => setTimeout(() => resolve({ worked: true }), takes)),
    );
    await vi.advanceTimersByTimeAsync(takes);
    await step;
    await vi.advanceTimersByTimeAsync(120_000);
    return lines;
  }

  it('says so where nothing can be written over, after two seconds and then every half minute', async () => {
    for (const options of [
      { overwrites: false },
      { overwrites: false, quiet: true },
      { overwrites: true, quiet: true },
    ]) {
      await expect(written(options, 63_000)).resolves.toEqual([
        '…    Electron  2.0 s\n',
        '…    Electron  32.0 s\n',
        '…    Electron  62.0 s\n',
        'done Electron  63.0 s\n',
      ]);
    }
  });

  it('has one line when it takes no time, and one that is written over on a terminal', async () => {
    await expect(written({ overwrites: false }, 1_000)).resolves.toEqual(['done Electron  1.0 s\n']);
    await expect(written({ overwrites: true }, 63_000)).resolves.toEqual([
      '…    Electron\r',
      'done Electron  63.0 s\n',
    ]);
  });
});
