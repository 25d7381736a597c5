import { afterEach, expect, it } from 'vitest';
import { forget, isDone, markDone } from './stamp.mjs';

const step = `test-${process.pid}`;

afterEach(() => forget([step]));

it('does a step again when its inputs changed, an output is gone or it was forgotten', () => {
  expect(isDone(step, 'hash')).toBe(false);
  markDone(step, 'hash');
  expect(isDone(step, 'hash', ['package.json'])).toBe(true);
  expect(isDone(step, 'other')).toBe(false);
  expect(isDone(step, 'hash', ['no-such-output'])).toBe(false);
  forget([step]);
  expect(isDone(step, 'hash')).toBe(false);
});
