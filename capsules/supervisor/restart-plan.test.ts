import { describe, expect, it } from 'vitest';
import { RestartPlan } from './restart-plan.ts';

/** Milliseconds from the end of a run to the next start, looking every 100 ms. */
function waitOf(plan: RestartPlan, from: number): number {
  for (let now = from; ; now += 100) if (plan.due('job', now)) return now - from;
}

describe('RestartPlan', () => {
  it('doubles the wait after each quick end, up to a minute', () => {
    const plan = new RestartPlan();
    const waits = Array.from({ length: 8 }, () => {
      const wait = waitOf(plan, 0);
      plan.running('job', 50);
      return wait;
    });
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(plan.attempts('job')).toBe(8);
  });

  it('starts over after a healthy run', () => {
    const plan = new RestartPlan();
    waitOf(plan, 0);
    waitOf(plan, 0);
    plan.running('job', 10_000);
    expect(plan.attempts('job')).toBe(0);
    expect(waitOf(plan, 0)).toBe(1000);
  });

  it('starts over after a stop on purpose, and keeps names apart', () => {
    const plan = new RestartPlan();
    waitOf(plan, 0);
    plan.due('other', 0);
    plan.forget('job');
    expect(waitOf(plan, 0)).toBe(1000);
    expect(plan.due('other', 1000)).toBe(true);
  });
});
