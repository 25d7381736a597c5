import { describe, expect, it } from 'vitest';
import { deferred } from './deferred.ts';
import { createMutex } from './mutex.ts';

describe('work behind a mutex', () => {
  it('begins only when what was given before has ended, also when that failed', async () => {
    const mutex = createMutex();
    const order: string[] = [];
    const gate = deferred<undefined>();
    const first = mutex(async () => {
      order.push('first begins');
      await gate.promise;
      order.push('first fails');
      throw new Error('first');
    });
    const second = mutex(() => {
      order.push('second');
      return Promise.resolve(2);
    });
    const third = mutex(() => Promise.resolve(3));
    await Promise.resolve();
    expect(order).toEqual(['first begins']);
    gate.resolve(undefined);
    await expect(first).rejects.toThrow('first');
    await expect(second).resolves.toBe(2);
    await expect(third).resolves.toBe(3);
    expect(order).toEqual(['first begins', 'first fails', 'second']);
  });
});
