import { describe, expect, it } from 'vitest';
import { deferred } from '../base/deferred.ts';
import type { InvokeRequest, Kernel } from '../contract/kernel.ts';
import type { AboutView, InstallPlan, InvokeResult } from '../contract/views.ts';
import { Calls } from './calls.ts';
import { MAX_CALLS_PER_WINDOW } from './constants.ts';
import { requestHandlers, type ChooseCapsule } from './requests.ts';
import { InstallOffers } from './install-offers.ts';
import { StateFeed } from './state-feed.ts';
import { fakeKernel, fakeUpdates, fakeWindow, someAbout } from './testing.ts';
import { UpdateFeed } from './update-feed.ts';

const key = '0123456789abcdef';
const invocation = { id: 'supervisor', action: 'start', payload: '{}', principal: 'default', call: 'c1' };
const result: InvokeResult = { action: 'continue', data: null, refused: false, durationMs: 1 };

function handlersWith(given: Partial<Kernel>, chooseCapsule: ChooseCapsule = () => Promise.resolve(null)) {
  const lines: string[] = [];
  const restarts: number[] = [];
  const { kernel } = fakeKernel(given);
  const log = (line: string): void => void lines.push(line);
  const handlers = requestHandlers({
    kernel,
    feed: new StateFeed(kernel),
    calls: new Calls(),
    offers: new InstallOffers(log),
    chooseCapsule,
    updates: fakeUpdates(),
    updateFeed: new UpdateFeed(fakeUpdates()),
    restartNormally: () => void restarts.push(1),
    log,
  });
  return { handlers, lines, restarts };
}

/** A kernel whose invocations end when the test says so or when they are cancelled. */
function slowInvocations() {
  const seen: InvokeRequest[] = [];
  const answer = deferred<InvokeResult>();
  const invoke: Kernel['invoke'] = (request) => {
    seen.push(request);
    const cancelled = new Promise<never>((_resolve, reject) => {
      request.signal?.addEventListener('abort', () => reject(new Error('cancelled')));
    });
    return Promise.race([answer.promise, cancelled]);
  };
  return { seen, answer, invoke };
}

describe('invocations', () => {
  it('pass on who, what and with what', async () => {
    const { seen, answer, invoke } = slowInvocations();
    const { handlers } = handlersWith({ invoke });
    answer.resolve(result);
    expect(await handlers['capsule.invoke'](invocation, fakeWindow(1))).toEqual(result);
    expect(seen).toEqual([
      {
        capsule: 'supervisor',
        action: 'start',
        payload: '{}',
        principal: 'default',
        signal: expect.any(AbortSignal),
      },
    ]);
  });

  it('are cancelled by their name, and only by the window that made them', async () => {
    const { seen, invoke } = slowInvocations();
    const { handlers } = handlersWith({ invoke });
    const window = fakeWindow(1);
    const call = handlers['capsule.invoke'](invocation, window);
    await handlers['invoke.cancel']({ call: 'c1' }, fakeWindow(2));
    await handlers['invoke.cancel']({ call: 'other' }, window);
    expect(seen[0]?.signal?.aborted).toBe(false);
    await handlers['invoke.cancel']({ call: 'c1' }, window);
    await expect(call).rejects.toThrow('cancelled');
  });

  it.each(['close', 'reload'] as const)('are cancelled when their window does %s', async (what) => {
    const { invoke } = slowInvocations();
    const { handlers } = handlersWith({ invoke });
    const window = fakeWindow(1);
    const call = handlers['capsule.invoke'](invocation, window);
    window[what]();
    await expect(call).rejects.toThrow('cancelled');
    expect(window.watchers()).toBe(0);
  });

  it('free their name and their listeners when they end', async () => {
    const { answer, invoke } = slowInvocations();
    const { handlers } = handlersWith({ invoke });
    const window = fakeWindow(1);
    const first = handlers['capsule.invoke'](invocation, window);
    await expect(handlers['capsule.invoke'](invocation, window)).rejects.toMatchObject({
      code: 'call-in-use',
    });
    expect(window.watchers()).toBe(2);
    answer.resolve(result);
    await first;
    expect(window.watchers()).toBe(0);
    expect(await handlers['capsule.invoke'](invocation, window)).toEqual(result);
  });

  it('are bounded per window', async () => {
    const { answer, invoke } = slowInvocations();
    const { handlers } = handlersWith({ invoke });
    const window = fakeWindow(1);
    const calls = Array.from({ length: MAX_CALLS_PER_WINDOW }, (_, index) =>
      handlers['capsule.invoke']({ ...invocation, call: `c${index}` }, window),
    );
    const tooMany = handlers['capsule.invoke']({ ...invocation, call: 'one-more' }, window);
    await expect(tooMany).rejects.toMatchObject({ code: 'too-many-calls' });
    answer.resolve(result);
    expect(await calls[0]).toEqual(result);
  });
});

describe('stopping a process', () => {
  it('answers while the process still has its grace', async () => {
    const stopped = deferred<undefined>();
    const { handlers } = handlersWith({ stop: () => stopped.promise });
    expect(await handlers['process.stop']({ key, graceMs: 5000 }, fakeWindow(1))).toBeNull();
    stopped.resolve(undefined);
  });

  it('tells the person when it was refused at once', async () => {
    const { handlers, lines } = handlersWith({ stop: () => Promise.reject(new Error('no such process')) });
    await expect(handlers['process.stop']({ key, graceMs: 0 }, fakeWindow(1))).rejects.toThrow(
      'no such process',
    );
    expect(lines).toEqual([]);
  });

  it('writes a later failure to the log', async () => {
    const stopped = deferred<undefined>();
    const { handlers, lines } = handlersWith({ stop: () => stopped.promise });
    await handlers['process.stop']({ key, graceMs: 0 }, fakeWindow(1));
    stopped.reject(new Error('the kernel said no'));
    await expect.poll(() => lines).toEqual([expect.stringContaining('the kernel said no')]);
  });
});

describe('choosing a capsule', () => {
  it('inspects what was chosen', async () => {
    const plan = { token: 't' } as InstallPlan;
    const inspected: string[] = [];
    const inspect = (path: string): Promise<InstallPlan> => {
      inspected.push(path);
      return Promise.resolve(plan);
    };
    const { handlers } = handlersWith({ inspect }, (kind) => Promise.resolve(`/chosen/${kind}`));
    expect(await handlers['install.choose']({ kind: 'archive' }, fakeWindow(1))).toBe(plan);
    expect(inspected).toEqual(['/chosen/archive']);
  });

  it('answers null and inspects nothing when the person cancelled', async () => {
    const { handlers } = handlersWith({});
    expect(await handlers['install.choose']({ kind: 'folder' }, fakeWindow(1))).toBeNull();
  });

  it('show one file dialog at a time, and another when that is closed', async () => {
    const closed = deferred<null>();
    let shown = 0;
    const { handlers } = handlersWith({}, () => {
      shown += 1;
      return closed.promise;
    });
    const choose = () => handlers['install.choose']({ kind: 'archive' }, fakeWindow(1));
    const first = choose();
    await expect(choose()).rejects.toMatchObject({ code: 'dialog-open' });
    closed.resolve(null);
    await first;
    await choose();
    expect(shown).toBe(2);
  });
});

describe('a normal restart', () => {
  it('is there in safe mode', async () => {
    const about = (): AboutView => ({ ...someAbout, safeMode: 'requested' });
    const { handlers, restarts } = handlersWith({ about });
    await expect(handlers['app.restartNormally'](null, fakeWindow(1))).resolves.toBeNull();
    expect(restarts).toHaveLength(1);
  });

  it('is refused in an ordinary session', () => {
    const { handlers, restarts } = handlersWith({});
    expect(() => handlers['app.restartNormally'](null, fakeWindow(1))).toThrow(
      expect.objectContaining({ code: 'not-in-safe-mode' }),
    );
    expect(restarts).toEqual([]);
  });
});
