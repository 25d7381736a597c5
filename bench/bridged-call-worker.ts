import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { createGuestEnd } from '../src-main/bridge/guest-end.ts';
import { createHostCalls } from '../src-main/guest/realm/host-calls.ts';
import { createResourceClasses } from '../src-main/guest/realm/resources.ts';

/** What the bench tells its worker: ask the host over the bridge, or answer bare wakes. */
export type BridgeBenchWork =
  | {
      readonly kind: 'ask';
      readonly port: MessagePort;
      readonly shared: SharedArrayBuffer;
      readonly op: string;
      readonly calls: number;
    }
  | { readonly kind: 'wake'; readonly words: Int32Array; readonly first: boolean; readonly turns: number };

const work = workerData as BridgeBenchWork;
parentPort?.once('message', () => parentPort?.postMessage(work.kind === 'ask' ? ask(work) : wake(work)));
parentPort?.postMessage('ready');

/** Microseconds of each call, as a guest's worker sees it. */
function ask({ port, shared, op, calls }: Extract<BridgeBenchWork, { kind: 'ask' }>): Float64Array {
  const classes = createResourceClasses(() => undefined);
  const askHost = createHostCalls(createGuestEnd(port, shared), classes)(op);
  return timeEach(calls, () => void askHost([]));
}

/** Ping-pong over one shared word with nothing but wait and notify: each turn is one wake of the other thread. */
function wake({ words, first, turns }: Extract<BridgeBenchWork, { kind: 'wake' }>): Float64Array {
  const mine = first ? 0 : 1;
  return timeEach(turns, () => {
    while (Atomics.load(words, 0) !== mine) {
      Atomics.wait(words, 0, 1 - mine);
    }
    Atomics.store(words, 0, 1 - mine);
    Atomics.notify(words, 0);
  });
}

function timeEach(count: number, run: () => void): Float64Array {
  const times = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const start = process.hrtime.bigint();
    run();
    times[index] = Number(process.hrtime.bigint() - start) / 1_000;
  }
  return times;
}
