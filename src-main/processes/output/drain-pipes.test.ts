import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { deferred } from '../../base/deferred.ts';
import type { ByteTarget } from '../../os/pipes/byte-source.ts';
import { EXIT_DRAIN_MS, EXIT_DRAIN_TURNS, MIN_RING_BYTES } from '../limits.ts';
import { drainPipes } from './drain-pipes.ts';
import { ProcessOutput } from './process-output.ts';

// The turns of the event loop stay real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** An output whose pipe gives a byte whenever it is told to, and ends when it is told to. */
function piped() {
  const end = deferred<void>();
  let target: ByteTarget | undefined;
  const output = new ProcessOutput(
    { capacity: MIN_RING_BYTES, overflow: 'drop-oldest', now: () => 0 },
    () => undefined,
  );
  output.attach({
    start: (given) => void (target = given),
    ...{ resume: () => undefined, paused: false, ended: end.promise, close: () => undefined },
  });
  return { output, give: () => target?.accept(Uint8Array.of(1)), end: () => end.resolve() };
}

/** Some turns of the event loop, the given thing done in each. */
async function turns(count: number, what: () => void = () => undefined): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise(setImmediate);
    what();
  }
}

function draining(...pipes: readonly ReturnType<typeof piped>[]) {
  const state = { over: false };
  void drainPipes(pipes.map(({ output }) => output)).then(() => (state.over = true));
  return state;
}

it('waits for the ends of all streams and not a turn longer, and leaves no timer behind', async () => {
  const [out, err] = [piped(), piped()];
  const state = draining(out, err);
  out.end();
  await turns(5);
  expect([state.over, vi.getTimerCount()]).toEqual([false, 1]);
  err.end();
  await Promise.resolve();
  await turns(1);
  expect([state.over, vi.getTimerCount()]).toEqual([true, 0]);
});

it('waits no longer than its time for a stream that somebody else holds open, once that is quiet', async () => {
  const [out, held] = [piped(), piped()];
  const state = draining(out, held);
  out.end();
  vi.advanceTimersByTime(EXIT_DRAIN_MS - 1);
  await turns(5);
  expect(state.over).toBe(false);
  vi.advanceTimersByTime(1);
  await turns(3);
  expect(state.over).toBe(true);
});

it('takes in what a held-up thread finds then, turn by turn, and has enough of who never pauses', async () => {
  const [out, held] = [piped(), piped()];
  const state = draining(out, held);
  vi.advanceTimersByTime(EXIT_DRAIN_MS);
  await turns(EXIT_DRAIN_TURNS / 2, held.give);
  expect(state.over).toBe(false);
  await turns(3);
  expect(state.over).toBe(true);

  const endless = piped();
  const last = draining(out, endless);
  vi.advanceTimersByTime(EXIT_DRAIN_MS);
  await turns(EXIT_DRAIN_TURNS - 1, endless.give);
  expect(last.over).toBe(false);
  await turns(4, endless.give);
  expect(last.over).toBe(true);
});
