import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Emitter } from './emitter.ts';
import { waitFor } from './wait-for.ts';

/** Something to wait for, which a test sets, and how many listen to it. */
function makeValue() {
  const change = new Emitter<undefined>();
  const state: { value: string | undefined; listeners: number; looks: number } = {
    value: undefined,
    listeners: 0,
    looks: 0,
  };
  return {
    state,
    set: (value: string | undefined) => {
      state.value = value;
      change.fire(undefined);
    },
    now: () => {
      state.looks += 1;
      return state.value;
    },
    subscribe: (listener: () => void) => {
      state.listeners += 1;
      const unsubscribe = change.event(listener);
      return () => {
        state.listeners -= 1;
        unsubscribe();
      };
    },
  };
}

const never = new AbortController().signal;

describe('waiting', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is over at once when the thing is there, and listens to nothing', async () => {
    const value = makeValue();
    value.set('there');
    await expect(waitFor({ ...value, signal: never, timeoutMs: 5 })).resolves.toBe('there');
    expect([value.state.listeners, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('looks again only when told, and leaves neither listener nor timer', async () => {
    const value = makeValue();
    const waiting = waitFor({ ...value, signal: never, timeoutMs: 1_000 });
    const { looks } = value.state;
    await vi.advanceTimersByTimeAsync(999);
    expect(value.state.looks).toBe(looks);
    value.set(undefined);
    value.set('there');
    await expect(waiting).resolves.toBe('there');
    expect([value.state.listeners, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('ends with nothing when the time is over, also a time in 64 bits', async () => {
    const value = makeValue();
    const short = waitFor({ ...value, signal: never, timeoutMs: 3n });
    const long = waitFor({ ...value, signal: never, timeoutMs: 2n ** 63n });
    await vi.advanceTimersByTimeAsync(3);
    await expect(short).resolves.toBeUndefined();
    expect(value.state.listeners).toBe(1);
    value.set('there');
    await expect(long).resolves.toBe('there');
  });

  it('ends with the reason of the signal, before or meanwhile', async () => {
    const value = makeValue();
    const reason = new Error('cancelled');
    await expect(waitFor({ ...value, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const cancel = new AbortController();
    const waiting = waitFor({ ...value, signal: cancel.signal, timeoutMs: 1_000 });
    cancel.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect([value.state.listeners, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('ends with what the look throws', async () => {
    const value = makeValue();
    const gone = new Error('gone');
    const waiting = waitFor({
      ...value,
      now: () => {
        if (value.state.value === 'gone') {
          throw gone;
        }
        return undefined;
      },
      signal: never,
    });
    value.set('gone');
    await expect(waiting).rejects.toBe(gone);
    expect(value.state.listeners).toBe(0);
  });
});
