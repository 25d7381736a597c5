import { describe, expect, it } from 'vitest';
import { DisposableStore } from './disposable.ts';

describe('a store of undos', () => {
  it('undoes the newest first, each after the other, once', async () => {
    const done: string[] = [];
    const store = new DisposableStore();
    store.add(() => void done.push('first'));
    store.add(async () => {
      await Promise.resolve();
      done.push('second');
    });
    expect(store.disposed).toBe(false);
    await Promise.all([store.dispose(), store.dispose()]);
    await store.dispose();
    expect(done).toEqual(['second', 'first']);
    expect(store.disposed).toBe(true);
  });

  it('undoes all the rest when one fails, and throws the first failure', async () => {
    const done: string[] = [];
    const store = new DisposableStore();
    store.add(() => void done.push('oldest'));
    store.add(() => Promise.reject(new Error('later')));
    store.add(() => {
      throw new Error('earlier');
    });
    await expect(store.dispose()).rejects.toThrow('earlier');
    expect(done).toEqual(['oldest']);
  });

  it('undoes at once what comes too late', async () => {
    const store = new DisposableStore();
    await store.dispose();
    let undone = 0;
    store.add(() => void (undone += 1));
    expect(undone).toBe(1);
  });
});
