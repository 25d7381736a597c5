import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fakeClock } from '../../base/testing.ts';
import { StopSequence } from './stop-sequence.ts';

function makeSequence(): {
  readonly stop: StopSequence;
  readonly done: string[];
  readonly pass: (ms: number) => void;
  readonly step: (ms: number) => void;
} {
  const done: string[] = [];
  const clock = fakeClock(1_000);
  const stop = new StopSequence({
    clock,
    ask: (signal) => done.push(signal),
    kill: () => done.push('kill'),
    onChange: () => undefined,
  });
  return { stop, done, pass: clock.pass, step: clock.step };
}

const asked = { graceMs: 5_000, first: 'term', revocable: true } as const;

describe('a stop sequence', () => {
  it('asks once, also when it is begun again', () => {
    const { stop, done } = makeSequence();
    stop.begin({ graceMs: 2_000, first: 'int', revocable: false });
    stop.begin(asked);
    expect(done).toEqual(['int']);
    expect(stop.view).toEqual({ step: 'int', since: 1_000, graceMs: 2_000, killAt: 3_000, revocable: false });
    stop.end();
  });

  it('can only be made shorter', () => {
    const { stop, pass } = makeSequence();
    stop.begin(asked);
    pass(1_000);
    stop.begin({ ...asked, graceMs: 9_000 });
    expect(stop.view).toMatchObject({ killAt: 6_000 });
    stop.begin({ ...asked, graceMs: 500 });
    expect(stop.view).toMatchObject({ since: 1_000, graceMs: 1_500, killAt: 2_500 });
    stop.end();
  });

  it.each([
    ['forth', 31 * 60_000],
    ['back', -3_600_000],
  ])('has the same grace when somebody sets the wall clock %s', (_name, ms) => {
    const { stop, pass, step } = makeSequence();
    stop.begin(asked);
    step(ms);
    pass(1_000);
    stop.begin({ ...asked, graceMs: 9_000 });
    expect(stop.view).toEqual({ step: 'term', since: 1_000, graceMs: 5_000, killAt: 6_000, revocable: true });
    stop.begin({ ...asked, graceMs: 500 });
    expect(stop.view).toMatchObject({ since: 1_000, graceMs: 1_500, killAt: 2_500 });
    stop.force();
    expect(stop.view).toMatchObject({ step: 'kill', since: 1_000, killAt: 2_000 });
  });

  it('cannot be called off once somebody counts on the end', () => {
    const { stop } = makeSequence();
    stop.begin(asked);
    stop.begin({ ...asked, graceMs: 30_000, revocable: false });
    expect(stop.view).toMatchObject({ killAt: 6_000, revocable: false });
    expect(stop.cancel()).toBe(false);
    expect(stop.view).not.toBeNull();
    stop.end();
  });

  it('kills by itself when the grace is over', async () => {
    const { stop, done } = makeSequence();
    stop.begin({ ...asked, graceMs: 5 });
    await expect.poll(() => done).toEqual(['term', 'kill']);
    expect(stop.view).toMatchObject({ step: 'kill', revocable: false });
    expect(stop.cancel()).toBe(false);
  });
});

describe('what a stop tells', () => {
  function told() {
    const clock = fakeClock(1_000);
    const seen: unknown[] = [];
    const stop: StopSequence = new StopSequence({
      clock,
      ask: (signal) => seen.push(signal),
      kill: () => seen.push('kill'),
      onChange: () => seen.push(stop.view?.step ?? 'none'),
    });
    return { clock, seen, stop };
  }

  it('is each step, after it was taken, and nothing twice', () => {
    const { clock, seen, stop } = told();
    stop.begin(asked);
    clock.pass(1_000);
    // Not shorter, as revocable as before.
    stop.begin({ ...asked, graceMs: 4_000 });
    expect(seen).toEqual(['term', 'term']);
    stop.begin({ ...asked, graceMs: 4_000, revocable: false });
    expect(seen).toEqual(['term', 'term', 'term']);
    expect(stop.view).toMatchObject({ graceMs: 5_000, revocable: false });
    // Once that holds, it holds.
    stop.begin({ ...asked, graceMs: 3_000 });
    expect(stop.view).toMatchObject({ graceMs: 4_000, revocable: false });
    stop.force();
    stop.begin({ ...asked, graceMs: 0 });
    expect(seen.slice(4)).toEqual(['kill', 'kill']);
    expect(stop.view).toMatchObject({ step: 'kill', graceMs: 4_000, killAt: 2_000 });
    stop.end();
    expect(stop.view).toBeNull();
  });

  it('is a KILL without a grace when nobody had asked it to end', () => {
    const { clock, seen, stop } = told();
    clock.pass(300);
    stop.force();
    expect(stop.view).toEqual({ step: 'kill', since: 1_300, graceMs: 0, killAt: 1_300, revocable: false });
    expect(seen).toEqual(['kill', 'kill']);
    stop.end();
  });

  it('is that it was called off, to whoever waits for it, and the next stop is another one', async () => {
    const { seen, stop } = told();
    expect(stop.cancel()).toBe(false);
    stop.begin(asked);
    const over = stop.over;
    expect(stop.cancel()).toBe(true);
    expect(seen).toEqual(['term', 'term', 'none']);
    expect([await over, stop.view]).toEqual(['called-off', null]);
    stop.begin({ ...asked, first: 'int' });
    const next = stop.over;
    stop.end();
    expect([await next, stop.view]).toEqual(['ended', null]);
  });

  it('comes no more once it was called off or has ended', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    for (const finish of ['cancel', 'end'] as const) {
      const { seen, stop } = told();
      stop.begin(asked);
      stop[finish]();
      vi.advanceTimersByTime(60_000);
      expect(seen).not.toContain('kill');
    }
  });

  it.each([
    [0, 5_000, 5_000],
    [2_000, 9_000, 5_000],
    [2_000, 1_000, 3_000],
    [2_000, 1, 2_001],
  ])(
    'is the KILL, in time: %d ms after the start of a stop with 5 s asked again with %d ms',
    (pass, graceMs, at) => {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const { clock, seen, stop } = told();
      const wait = (ms: number): void => {
        clock.pass(ms);
        vi.advanceTimersByTime(ms);
      };
      stop.begin(asked);
      wait(pass);
      stop.begin({ ...asked, graceMs });
      wait(Math.max(0, at - pass - 1));
      expect(seen.includes('kill')).toBe(false);
      wait(1);
      expect(seen.filter((each) => each === 'kill')).toHaveLength(2);
      stop.end();
    },
  );
});
