import { describe, expect, it } from 'vitest';
import { Emitter } from '../../base/emitter.ts';
import { Pollable, waitForAny } from './pollable.ts';

/** A pollable whose state a test sets, and which counts how often it is looked at and listened to. */
function light() {
  const change = new Emitter<undefined>();
  const state = { ready: false, gone: false, looks: 0, listeners: 0 };
  const pollable = new Pollable({
    ready: () => {
      state.looks += 1;
      return state.ready;
    },
    subscribe: (listener) => {
      state.listeners += 1;
      const leave = change.event(listener);
      return () => {
        state.listeners -= 1;
        leave();
      };
    },
    gone: () => state.gone,
  });
  const set = (next: Partial<typeof state>): void => {
    Object.assign(state, next);
    change.fire(undefined);
  };
  return { pollable, state, set };
}

const never = (): AbortSignal => new AbortController().signal;

describe('waiting for pollables', () => {
  it('answers at once which are ready, in order, and listens to none', async () => {
    const lights = [light(), light(), light()] as const;
    lights[2].set({ ready: true });
    lights[1].set({ ready: true });
    const all = lights.map(({ pollable }) => pollable);
    await expect(waitForAny(all, never())).resolves.toEqual([1, 2]);
    expect(lights.map(({ state }) => state.listeners)).toEqual([0, 0, 0]);
  });

  it('looks again only when something changes, and leaves no listener', async () => {
    const [one, two] = [light(), light()];
    const waiting = waitForAny([one.pollable, two.pollable, one.pollable], never());
    const { looks } = two.state;
    await new Promise((resolve) => setImmediate(resolve));
    expect(two.state.looks).toBe(looks);
    one.set({});
    one.set({ ready: true });
    await expect(waiting).resolves.toEqual([0, 2]);
    expect([one.state.listeners, two.state.listeners]).toEqual([0, 0]);
  });

  it('ends when it is cancelled, before or meanwhile, and leaves no listener', async () => {
    const one = light();
    const cancel = new AbortController();
    const waiting = waitForAny([one.pollable], cancel.signal);
    cancel.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(waitForAny([one.pollable], cancel.signal)).rejects.toThrow('enough');
    expect(one.state.listeners).toBe(0);
  });

  it('ends with closed when one can never be ready again, before or meanwhile', async () => {
    const [one, two] = [light(), light()];
    const waiting = waitForAny([one.pollable, two.pollable], never());
    two.set({ gone: true });
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(waitForAny([one.pollable, two.pollable], never())).rejects.toMatchObject({ code: 'closed' });
    expect([one.state.listeners, two.state.listeners]).toEqual([0, 0]);
  });

  it('gives what is still there of one that is gone', async () => {
    const one = light();
    one.set({ gone: true, ready: true });
    await expect(waitForAny([one.pollable], never())).resolves.toEqual([0]);
  });
});
