import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { serveGuest } from '../src-main/bridge/host-end.ts';
import { createFrameResponder } from '../src-main/bridge/responder.ts';
import { createSharedBuffer } from '../src-main/bridge/protocol.ts';
import { createOperationTable } from '../src-main/host/pipeline/operation-table.ts';
import { makeCaller, makePipeline } from '../src-main/host/pipeline/testing.ts';
import { createSysHost } from '../src-main/host/sys.ts';
import type { BridgeBenchWork } from './bridged-call-worker.ts';
import { median, type BenchResult } from './ring-compile.ts';

const CALLS = 20_000;
const ROUNDS = 5;

/**
 * Microseconds of one host call from a worker: question, the whole pipeline with a real host function,
 * answer, against one bare wake of a thread by another (half a ping-pong of `Atomics.wait` and `notify`).
 * Interleaved, medians.
 *
 * @param workerFile the bundled `bridged-call-worker.ts`
 */
export async function bridgedCall({ workerFile }: { readonly workerFile: string }): Promise<BenchResult> {
  const ours: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    reference.push(await bareWake(workerFile));
    ours.push(await oneCall(workerFile));
  }
  return {
    name: 'one bridged call',
    unit: 'µs',
    ours: median(ours),
    reference: median(reference),
    ratio: median(ours) / median(reference),
    aim: '≤ 3',
    note: `${CALLS} × ${ROUNDS} calls of astrid:sys get-caller through the pipeline; reference: one wake, half of an Atomics ping-pong`,
  };
}

async function oneCall(workerFile: string): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  const shared = createSharedBuffer();
  const { pipeline } = makePipeline(
    createOperationTable(
      [createSysHost({ config: () => undefined, log: () => undefined, rightsOf: () => undefined })],
      () => true,
    ),
  );
  const caller = makeCaller({ invocation: { id: 'bench', sourceId: '', timestamp: '' } });
  const stop = serveGuest(
    port1,
    shared,
    createFrameResponder((op, args) => pipeline(caller, op, args), {
      onUndecodable: () => undefined,
      onFailure: () => undefined,
    }),
  );
  const work: BridgeBenchWork = {
    kind: 'ask',
    port: port2,
    shared,
    op: 'astrid:sys/host@1.0.0#get-caller',
    calls: CALLS,
  };
  const worker = new Worker(workerFile, { workerData: work, transferList: [port2] });
  try {
    await once(worker, 'message');
    worker.postMessage('go');
    const [times] = (await once(worker, 'message')) as [Float64Array];
    return median([...times]);
  } finally {
    stop();
    await worker.terminate();
  }
}

async function bareWake(workerFile: string): Promise<number> {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const workers = [true, false].map((first) => {
    const work: BridgeBenchWork = { kind: 'wake', words, first, turns: CALLS };
    return new Worker(workerFile, { workerData: work });
  });
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    const results = workers.map((worker) => once(worker, 'message') as Promise<[Float64Array]>);
    for (const worker of workers) {
      worker.postMessage('go');
    }
    // A turn lasts from one of its own to the next: two wakes.
    const times = (await Promise.all(results)).flatMap(([each]) => [...each]);
    return median(times) / 2;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
