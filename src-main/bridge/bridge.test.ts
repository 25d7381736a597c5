import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { deferred } from '../base/deferred.ts';
import { trapFrame } from './codec/function-codec.ts';
import { serveGuest } from './host-end.ts';
import {
  createSharedBuffer,
  INLINE_CAPACITY,
  INLINE_LENGTH,
  INLINE_OFFSET,
  WAKE,
  type FrameMessage,
} from './protocol.ts';
import type { FrameResponder } from './responder.ts';

/** Sends the frames that it is told to, one after the other, and gives back what it got, as its size and hash. */
const GUEST = `
  import { createHash } from 'node:crypto';
  import { parentPort, workerData } from 'node:worker_threads';
  import { createGuestEnd } from './guest-end.ts';
  const exchange = createGuestEnd(workerData.port, workerData.shared);
  const seen = (frame) => frame.byteLength + ' ' + createHash('sha256').update(frame).digest('hex');
  parentPort.on('message', (frames) => {
    parentPort.postMessage(frames.map((frame) => seen(exchange(frame))));
  });
`;

let guestCode: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: GUEST, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
  });
  guestCode = outputFiles[0]?.text ?? '';
});

type Frame = Uint8Array<ArrayBuffer>;

interface Guest {
  readonly worker: Worker;
  /** One request for each frame; resolves with what `seen` says of the answers. */
  readonly exchange: (frames: readonly Frame[]) => Promise<readonly string[]>;
}

function startGuest(respond: FrameResponder): Guest {
  const { port1, port2 } = new MessageChannel();
  const shared = createSharedBuffer();
  const worker = new Worker(guestCode, {
    eval: true,
    workerData: { port: port2, shared },
    transferList: [port2],
  });
  const stop = serveGuest(port1, shared, respond);
  onTestFinished(async () => {
    stop();
    await worker.terminate();
  });
  return {
    worker,
    async exchange(frames) {
      worker.postMessage(frames);
      const [answers] = (await once(worker, 'message')) as [readonly string[]];
      return answers;
    },
  };
}

/** How many threads of this process run or would, if there were a processor for them. */
function runningThreads(): number {
  const states = readdirSync('/proc/self/task').map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  });
  return states.filter((state) => state === 'R').length;
}

function pattern(length: number, seed = 0): Frame {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) + seed) & 0xff);
}

const seen = (frame: Uint8Array): string =>
  `${frame.byteLength} ${createHash('sha256').update(frame).digest('hex')}`;

/** Answers with as many bytes as the request's first four say. */
const sized: FrameResponder = (frame) =>
  Promise.resolve(pattern(new DataView(frame.buffer, frame.byteOffset).getUint32(0, true)));

function asking(size: number): Frame {
  return new Uint8Array(Uint32Array.of(size).buffer);
}

describe('a request of a guest', () => {
  it('reaches the host as it is, and its answer the guest', async () => {
    const requests: Uint8Array[] = [];
    const { exchange } = startGuest((frame) => {
      requests.push(frame);
      return Promise.resolve(pattern(10, requests.length));
    });
    const frames = [pattern(3), pattern(100_000), pattern(0)];
    await expect(exchange(frames)).resolves.toEqual([1, 2, 3].map((seed) => seen(pattern(10, seed))));
    expect(requests.map(seen)).toEqual(frames.map(seen));
  });

  it('is answered with exactly the bytes around the size that travels inline', async () => {
    const { exchange } = startGuest(sized);
    expect(INLINE_CAPACITY).toBe(16_384);
    const sizes = Array.from({ length: 129 }, (_, step) => INLINE_CAPACITY - 64 + step);
    await expect(exchange(sizes.map(asking))).resolves.toEqual(sizes.map((size) => seen(pattern(size))));
  });

  it('can be answered with 5 MB, between small answers', async () => {
    const { exchange } = startGuest(sized);
    const sizes = [1, 5_000_000, 2, 5_000_000, 3];
    await expect(exchange(sizes.map(asking))).resolves.toEqual(sizes.map((size) => seen(pattern(size))));
  });

  it('is never lost, in 10,000 of them, answered at once or later', async () => {
    let asked = 0;
    const { exchange } = startGuest(async (frame) => {
      asked += 1;
      if (asked % 7 === 0) {
        await new Promise(setImmediate);
      }
      return new Uint8Array(frame);
    });
    const frames = Array.from({ length: 10_000 }, (_, n) => asking(n));
    const expected = frames.map(seen);
    await expect(exchange(frames)).resolves.toEqual(expected);
    expect(asked).toBe(10_000);
  });
});

describe('an answer', () => {
  it.each([
    ['a small one', 1, true],
    ['one that just fits', INLINE_CAPACITY, true],
    ['one that does not', INLINE_CAPACITY + 1, false],
  ])(
    'lies in the shared memory or on the port before the guest is woken: %s',
    async (_name, length, inline) => {
      const { port1, port2 } = new MessageChannel();
      const shared = createSharedBuffer();
      onTestFinished(serveGuest(port1, shared, () => Promise.resolve(pattern(length))));
      const words = new Int32Array(shared, 0, 2);
      port2.postMessage({ id: 7, frame: pattern(1) } satisfies FrameMessage);
      await expect.poll(() => Atomics.load(words, WAKE)).toBe(1);
      const onPort = receiveMessageOnPort(port2)?.message as FrameMessage | undefined;
      expect([Atomics.load(words, INLINE_LENGTH), onPort?.id]).toEqual(inline ? [length, undefined] : [0, 7]);
      const frame = onPort?.frame ?? new Uint8Array(shared, INLINE_OFFSET, length).slice();
      expect(seen(frame)).toBe(seen(pattern(length)));
    },
  );
});

describe('a guest that waits for an answer', () => {
  it.skipIf(process.platform !== 'linux')(
    'sleeps: no thread of this process runs but the one that looks',
    async () => {
      const asked = deferred<undefined>();
      const { worker } = startGuest(() => {
        asked.resolve(undefined);
        return new Promise(() => undefined);
      });
      worker.postMessage([pattern(1)]);
      await asked.promise;
      await expect.poll(runningThreads).toBe(1);
    },
  );

  it('takes no answer to another call for its own', async () => {
    const { port1, port2 } = new MessageChannel();
    const shared = createSharedBuffer();
    const worker = new Worker(guestCode, {
      eval: true,
      workerData: { port: port2, shared },
      transferList: [port2],
    });
    onTestFinished(() => worker.terminate().then(() => port1.close()));
    port1.on('message', ({ id }: FrameMessage) => {
      port1.postMessage({ id: id + 1, frame: pattern(10) } satisfies FrameMessage);
      const words = new Int32Array(shared, 0, 2);
      Atomics.add(words, WAKE, 1);
      Atomics.notify(words, WAKE);
    });
    worker.postMessage([pattern(1)]);
    const trap = trapFrame('The host returned a response to a different call.');
    expect((await once(worker, 'message'))[0]).toEqual([seen(trap)]);
  });

  it('is heard no more when the host has stopped serving it', async () => {
    let heard = 0;
    const { port1, port2 } = new MessageChannel();
    const stop = serveGuest(port1, createSharedBuffer(), () => {
      heard += 1;
      return Promise.resolve(pattern(1));
    });
    stop();
    port2.postMessage({ id: 1, frame: pattern(1) } satisfies FrameMessage);
    await once(port2, 'close');
    expect(heard).toBe(0);
  });

  it('can be ended, and an answer that comes too late harms nobody', async () => {
    const asked = deferred<undefined>();
    const answer = deferred<Frame>();
    const { worker } = startGuest(() => {
      asked.resolve(undefined);
      return answer.promise;
    });
    worker.postMessage([pattern(1)]);
    await asked.promise;
    await expect(worker.terminate()).resolves.toBe(1);
    answer.resolve(pattern(100_000));
    await new Promise(setImmediate);
  });
});
