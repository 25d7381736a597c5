import { describe, expect, it } from 'vitest';
import { TypedError } from '../../base/typed-error.ts';
import { failureMessage } from './failure-message.ts';

const coded = (code: string, text = 'text of the library'): Error => Object.assign(new Error(text), { code });

describe('a failure of the library in words', () => {
  it.each([
    [coded('ERR_UPDATER_CHANNEL_FILE_NOT_FOUND'), 'update-feed', 'no release for this system'],
    [coded('ERR_UPDATER_INVALID_UPDATE_INFO'), 'update-feed', 'invalid response'],
    [coded('ERR_UPDATER_NO_CHECKSUM'), 'update-feed', 'invalid response'],
    [coded('ERR_CHECKSUM_MISMATCH'), 'update-damaged', 'does not match the hash'],
    [coded('ENOSPC'), 'update-no-space', 'disk is full'],
    [new Error('net::ERR_CONNECTION_REFUSED'), 'update-unreachable', 'ERR_CONNECTION_REFUSED'],
    [new Error('net::ERR_BLOCKED_BY_CLIENT'), 'update-feed', 'insecure address'],
    [coded('ECONNRESET'), 'update-unreachable', 'ECONNRESET'],
    [new Error('Request has been aborted by the server'), 'update-unreachable', 'Could not connect'],
    [new Error('first line\nsecond line'), 'update-failed', 'first line'],
    ['a string', 'update-failed', 'a string'],
  ])('%s', (error, code, words) => {
    const failure = failureMessage(error);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('second line');
    expect(failure.hint).not.toBe('');
    expect(failure.cause).toBe(error);
  });

  it('leaves what has words already', () => {
    const own = new TypedError('x', 'm', 'h');
    expect(failureMessage(own)).toBe(own);
  });
});
