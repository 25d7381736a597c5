import { expect, it } from 'vitest';
import { failureOf, RequestError } from './client.ts';

it('tells a failure in words that cannot fake what stands around them', () => {
  const failure = {
    code: 'no-such-file',
    message: 'There is no “a\u202e\u0301b”.',
    hint: 'Look for a\u3164.',
  };
  expect(failureOf(new RequestError(failure))).toEqual({
    code: 'no-such-file',
    message: 'There is no “a\\u{202e}\\u{301}b”.',
    hint: 'Look for a\\u{3164}.',
  });
  expect(failureOf(new Error('lost\u009b31m'))).toMatchObject({ message: 'lost\\u{9b}31m' });
});
