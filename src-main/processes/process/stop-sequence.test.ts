import { describe, expect, it } from 'vitest';
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
