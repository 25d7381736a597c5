import { describe, expect, it } from 'vitest';
import { createRestartPolicy } from './restart.ts';

const TEN_MINUTES = 600_000;

/** Waits in seconds, or 'give-up', for crashes after these lives in ms. */
function decisions(lives: readonly number[]): readonly (number | string)[] {
  const policy = createRestartPolicy();
  return lives.map((livedMs) => {
    const decision = policy.crashed(livedMs);
    return decision.kind === 'restart' ? decision.afterMs / 1_000 : decision.kind;
  });
}

describe('a run loop that crashes', () => {
  it.each([
    ['at once, five times', [0, 0, 0, 0, 0], [2, 4, 8, 16, 32]],
    ['at once, a sixth time', [0, 0, 0, 0, 0, 0], [2, 4, 8, 16, 32, 'give-up']],
    ['just before ten minutes', [0, TEN_MINUTES - 1], [2, 4]],
    ['after ten minutes', [0, 0, 0, TEN_MINUTES, 0], [2, 4, 8, 2, 4]],
    [
      'after ten minutes when one more would have been too many',
      [0, 0, 0, 0, 0, TEN_MINUTES],
      [2, 4, 8, 16, 32, 2],
    ],
  ] as const)('%s', (_name, lives, expected) => {
    expect(decisions(lives)).toEqual(expected);
  });

  it('is counted', () => {
    const policy = createRestartPolicy();
    expect(policy.attempts()).toBe(0);
    policy.crashed(0);
    policy.crashed(0);
    expect(policy.attempts()).toBe(2);
    policy.crashed(TEN_MINUTES);
    expect(policy.attempts()).toBe(1);
  });
});
