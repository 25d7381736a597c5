import { describe, expect, it } from 'vitest';
import { failureOf, interpretResult } from './call-result.ts';

describe('what a guest answers', () => {
  it.each([
    [
      { action: 'continue', data: '{}' },
      { action: 'continue', data: '{}', refused: false },
    ],
    [{ action: 'final' }, { action: 'final', data: null, refused: false }],
    [
      { action: 'deny', data: 'why' },
      { action: 'deny', data: 'why', refused: true },
    ],
    [
      { action: 'abort', data: undefined },
      { action: 'abort', data: null, refused: true },
    ],
    [
      { action: 'anything', data: '' },
      { action: 'anything', data: '', refused: false },
    ],
  ])('%j', (value, expected) => {
    expect(interpretResult(value)).toEqual(expected);
  });
});

describe('an end other than a return', () => {
  it.each([
    ['trapped', 'guest-trapped'],
    ['out-of-memory', 'guest-out-of-memory'],
    ['timed-out', 'guest-timed-out'],
    ['cancelled', 'invocation-cancelled'],
    ['refused', 'guest-refused-to-start'],
  ] as const)('%s is an error with code %s, a reason and a next step', (kind, code) => {
    const error = failureOf({ kind, message: 'It went wrong.' }, 'worker');
    expect(error).toMatchObject({ code, message: 'worker: It went wrong.' });
    expect(error.hint).toMatch(/\.$/);
  });
});
