import { describe, expect, it } from 'vitest';
import { TypedError } from '../../base/typed-error.ts';
import { errorsOf } from './errors-of.ts';

describe('the errors of an interface', () => {
  it('are its own cases where it has them', () => {
    const { denied, quota, cancelled, unknown } = errorsOf<'astrid:process/host@1.0.0'>({ byCode: {} });
    expect([denied, quota, cancelled, unknown('text')]).toEqual([
      { tag: 'capability-denied' },
      { tag: 'quota' },
      { tag: 'cancelled' },
      { tag: 'unknown', val: 'text' },
    ]);
  });

  it('are what the table says instead, also that there is none', () => {
    const { denied, quota, cancelled, unknown } = errorsOf<'astrid:process/host@1.0.0'>({
      denied: { tag: 'closed' },
      quota: null,
      cancelled: null,
      unknown: () => ({ tag: 'closed' }),
      byCode: {},
    });
    expect([denied, quota, cancelled, unknown('text')]).toEqual([
      { tag: 'closed' },
      null,
      null,
      { tag: 'closed' },
    ]);
  });

  it('are found by code: a case without a payload, or what is made of the error', () => {
    const { byCode } = errorsOf<'astrid:process/host@1.0.0', 'plain' | 'made'>({
      byCode: { plain: 'closed', made: ({ message }) => ({ tag: 'unknown', val: message }) },
    });
    const error = new TypedError('made', 'what happened', 'what to do');
    expect([byCode['plain']?.(error), byCode['made']?.(error), byCode['other']]).toEqual([
      { tag: 'closed' },
      { tag: 'unknown', val: 'what happened' },
      undefined,
    ]);
  });
});
