import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../base/outcome.ts';
import { MessageBus } from '../bus/bus.ts';
import { noRights } from '../policy/rights.ts';
import { createIpcHost } from './ipc.ts';
import type { HostInterface } from './pipeline/errors-of.ts';
import type { InterfaceName } from './pipeline/host-function.ts';
import { createOperationTable } from './pipeline/operation-table.ts';
import { callerOfTest, makePipeline } from './pipeline/testing.ts';

const IPC = 'astrid:ipc/host@1.0.0';
const EMPTY = { tag: 'ok', value: { messages: [], dropped: 0n, lagged: 0n } };

/** A guest's end of the functions, with a subscription to `news.*`. */
async function subscriber() {
  const bus = new MessageBus();
  const host = createIpcHost({ bus }) as unknown as HostInterface<InterfaceName>;
  const { pipeline } = makePipeline(createOperationTable([host], () => true));
  const caller = callerOfTest({ principal: 'ann', rights: { ...noRights, subscribe: ['news.*'] } });
  const ask = (name: string, args: unknown[], signal = caller.signal): Promise<Outcome> =>
    pipeline({ ...caller, signal }, `${IPC}#${name}`, args);
  const { value: self } = (await ask('subscribe', ['news.*'])) as { value: unknown };
  const receive = (ms: bigint, signal?: AbortSignal): Promise<Outcome> =>
    ask('[method]subscription.recv', [self, ms], signal);
  return { bus, handles: caller.handles, receive, poll: () => ask('[method]subscription.poll', [self]) };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a receive', () => {
  it('that is cancelled answers nothing and takes nothing', async () => {
    const { bus, receive, poll } = await subscriber();
    const cancel = new AbortController();
    const waiting = receive(60_000n, cancel.signal);
    cancel.abort();
    bus.publishSystem('news.v1', 1, { principal: null });
    await expect(waiting).resolves.toEqual(EMPTY);
    await expect(poll()).resolves.toMatchObject({
      value: { messages: [{ payload: '1', principal: { tag: 'system' } }] },
    });
  });

  it('waits 60 seconds at most', async () => {
    const { receive } = await subscriber();
    vi.useFakeTimers();
    let answer: Outcome | undefined;
    void receive(2n ** 64n - 1n).then((outcome) => {
      answer = outcome;
    });
    await vi.advanceTimersByTimeAsync(59_999);
    expect(answer).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(answer).toEqual(EMPTY);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind when something comes', async () => {
    const { bus, receive } = await subscriber();
    vi.useFakeTimers();
    const waiting = receive(60_000n);
    bus.publishSystem('news.v1', 1, { principal: 'ann' });
    await expect(waiting).resolves.toMatchObject({ value: { messages: [{ topic: 'news.v1' }] } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with closed when the bus does, also while it waits', async () => {
    const { bus, receive, poll } = await subscriber();
    const waiting = receive(60_000n);
    bus.dispose();
    const closed = { tag: 'err', value: { tag: 'closed' } };
    await expect(waiting).resolves.toEqual(closed);
    await expect(poll()).resolves.toEqual(closed);
    await expect(receive(0n)).resolves.toEqual(closed);
  });

  it('of what was lost meanwhile says so with the next messages', async () => {
    const { bus, receive } = await subscriber();
    const half = 'x'.repeat(600_000);
    for (const letter of ['a', 'b', 'c']) {
      bus.publishSystem('news.v1', letter + half, { principal: 'ann' });
    }
    const { value } = (await receive(0n)) as { value: { messages: { payload: string }[]; dropped: bigint } };
    expect([value.messages.map(({ payload }) => payload[1]), value.dropped]).toEqual([['c'], 2n]);
  });
});

describe('an instance that ends', () => {
  it('ends its subscriptions', async () => {
    const { bus, handles } = await subscriber();
    expect(bus.publishSystem('news.v1', 1, { principal: 'ann' })).toBe(1);
    handles.dispose();
    expect(bus.publishSystem('news.v1', 2, { principal: 'ann' })).toBe(0);
  });
});
