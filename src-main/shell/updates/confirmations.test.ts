import { describe, expect, it } from 'vitest';
import { deferred } from '../../base/deferred.ts';
import { fakeClock } from '../../base/testing.ts';
import { Confirmations } from './confirmations.ts';
import { DECLINED_PAUSE_MS } from './constants.ts';

const text = { message: 'Install?', detail: '', accept: 'Install' };

describe('confirmations', () => {
  it('show one dialog to a page that asks a hundred times', async () => {
    const answer = deferred<boolean>();
    let shown = 0;
    const confirmations = new Confirmations(() => {
      shown += 1;
      return answer.promise;
    }, fakeClock());
    const first = confirmations.require(text);
    const others = Array.from({ length: 99 }, () =>
      confirmations.require(text).catch((error: { readonly code: string }) => error.code),
    );
    expect(new Set(await Promise.all(others))).toEqual(new Set(['confirmation-open']));
    answer.resolve(true);
    await first;
    expect(shown).toBe(1);
  });

  it('show none for a while after one was declined, then again', async () => {
    const clock = fakeClock();
    let shown = 0;
    const confirmations = new Confirmations(() => {
      shown += 1;
      return Promise.resolve(shown > 1);
    }, clock);
    await expect(confirmations.require(text)).rejects.toMatchObject({ code: 'not-confirmed' });
    clock.pass(DECLINED_PAUSE_MS - 1);
    await expect(confirmations.require(text)).rejects.toMatchObject({
      code: 'confirmation-paused',
      hint: 'Wait 1 s, then try again.',
    });
    clock.pass(1);
    await confirmations.require(text);
    expect(shown).toBe(2);
  });

  it('count a dialog that could not be shown as declined', async () => {
    const confirmations = new Confirmations(() => Promise.reject(new Error('no display')), fakeClock());
    await expect(confirmations.require(text)).rejects.toThrow('no display');
    await expect(confirmations.require(text)).rejects.toMatchObject({ code: 'confirmation-paused' });
  });
});
