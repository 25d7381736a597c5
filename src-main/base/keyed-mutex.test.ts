import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deferred } from './deferred.ts';
import { KeyedMutex } from './keyed-mutex.ts';

describe('work under a key', () => {
  it('waits for what was given before under that key, also when that fails, and for nothing under another', async () => {
    const mutex = new KeyedMutex();
    const order: string[] = [];
    const gate = deferred<undefined>();
    const first = mutex.run('a', async () => {
      order.push('first begins');
      await gate.promise;
      order.push('first fails');
      throw new Error('first');
    });
    const second = mutex.run('a', () => {
      order.push('second');
      return Promise.resolve(2);
    });
    await mutex.run('b', () => Promise.resolve(order.push('other')));
    expect(order).toEqual(['first begins', 'other']);
    gate.resolve(undefined);
    await expect(first).rejects.toThrow('first');
    await expect(second).resolves.toBe(2);
    expect(order).toEqual(['first begins', 'other', 'first fails', 'second']);
  });

  it('is never two at a time, whatever is given when', async () => {
    const given = fc.array(
      fc.record({ key: fc.constantFrom('a', 'b'), turns: fc.nat(3), fails: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(given, async (works) => {
        const mutex = new KeyedMutex();
        const running = new Set<string>();
        const begun: number[] = [];
        const ends = works.map(({ key, turns, fails }, index) =>
          mutex.run(key, async () => {
            expect(running.has(key)).toBe(false);
            running.add(key);
            begun.push(index);
            for (let turn = 0; turn < turns; turn += 1) {
              await Promise.resolve();
            }
            running.delete(key);
            return fails ? Promise.reject(new Error('as told')) : index;
          }),
        );
        await Promise.allSettled(ends);
        await mutex.settled();
        for (const key of ['a', 'b']) {
          const ofKey = begun.filter((index) => works[index]?.key === key);
          expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
          expect(mutex.underWay(key)).toBeUndefined();
        }
        expect(begun).toHaveLength(works.length);
      }),
    );
  });
});

describe('a signal', () => {
  it('ends the waiting at once, and the work never begins', async () => {
    const mutex = new KeyedMutex();
    const gate = deferred<undefined>();
    const first = mutex.run('a', () => gate.promise);
    const cancel = new AbortController();
    let begun = false;
    const second = mutex.run(
      'a',
      () => {
        begun = true;
        return Promise.resolve();
      },
      cancel.signal,
    );
    const third = mutex.run('a', () => Promise.resolve('third'));
    cancel.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    gate.resolve(undefined);
    await first;
    await expect(third).resolves.toBe('third');
    expect(begun).toBe(false);
  });

  it('leaves alone what has begun', async () => {
    const mutex = new KeyedMutex();
    const [begun, gate] = [deferred<undefined>(), deferred<string>()];
    const cancel = new AbortController();
    const work = mutex.run(
      'a',
      () => {
        begun.resolve(undefined);
        return gate.promise;
      },
      cancel.signal,
    );
    await begun.promise;
    cancel.abort();
    gate.resolve('done');
    await expect(work).resolves.toBe('done');
  });
});

describe('what is under way', () => {
  it('is over when all that was given under the key so far has ended', async () => {
    const mutex = new KeyedMutex();
    expect(mutex.underWay('a')).toBeUndefined();
    const gate = deferred<undefined>();
    let ended = 0;
    void mutex.run('a', () => gate.promise.then(() => (ended += 1)));
    void mutex.run('a', () => Promise.resolve((ended += 1)));
    const [end, settled] = [mutex.underWay('a'), mutex.settled()];
    gate.resolve(undefined);
    await end;
    expect(ended).toBe(2);
    await settled;
    expect(mutex.underWay('a')).toBeUndefined();
  });
});
