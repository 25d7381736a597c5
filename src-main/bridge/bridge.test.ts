import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { deferred } from '../base/deferred.ts';
import type { Outcome } from '../base/outcome.ts';
import { serveGuest, type Responder } from './host-end.ts';
import {
  createSharedBuffer,
  INLINE_CAPACITY,
  INLINE_LENGTH,
  INLINE_OFFSET,
  WAKE,
  type LargeResponse,
  type Request,
} from './protocol.ts';

/** Asks what it is told to and gives back what it got; a large value as its hash. */
const GUEST = `
  import { createHash } from 'node:crypto';
  import { parentPort, workerData } from 'node:worker_threads';
  import { createGuestEnd } from './guest-end.ts';
  const ask = createGuestEnd(workerData.port, workerData.shared);
  const small = (value) => value instanceof Uint8Array
    ? { bytes: value.byteLength, hash: createHash('sha256').update(value).digest('hex') } : value;
  parentPort.on('message', (questions) => {
    parentPort.postMessage(questions.map((args) => {
      const answer = ask('test', args);
      return answer.tag === 'trap' ? answer : { tag: answer.tag, value: small(answer.value) };
    }));
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

interface Guest {
  readonly worker: Worker;
  /** One request for each list of arguments, one after the other; resolves with the answers. */
  readonly ask: (questions: readonly (readonly unknown[])[]) => Promise<readonly Outcome[]>;
  /** What the host was told and the guest was not. */
  readonly failures: readonly unknown[];
}

function startGuest(respond: Responder): Guest {
  const { port1, port2 } = new MessageChannel();
  const shared = createSharedBuffer();
  const worker = new Worker(guestCode, {
    eval: true,
    workerData: { port: port2, shared },
    transferList: [port2],
  });
  const failures: unknown[] = [];
  const stop = serveGuest(port1, shared, respond, (error) => failures.push(error));
  onTestFinished(async () => {
    stop();
    await worker.terminate();
  });
  return {
    worker,
    failures,
    async ask(questions) {
      worker.postMessage(questions);
      const [answers] = (await once(worker, 'message')) as [readonly Outcome[]];
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

const ok = (value: unknown): Promise<Outcome> => Promise.resolve({ tag: 'ok', value });

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff);
}

const hashed = (bytes: Uint8Array): unknown => ({
  tag: 'ok',
  value: { bytes: bytes.byteLength, hash: createHash('sha256').update(bytes).digest('hex') },
});

describe('a request of a guest', () => {
  it('reaches the host with its arguments and comes back with the answer', async () => {
    const questions: Request[] = [];
    const { ask } = startGuest((request) => {
      questions.push(request);
      return ok(request.args);
    });
    const args = ['text', 7n, new Uint8Array([1, 2]), { a: [undefined, null] }];
    await expect(ask([args])).resolves.toEqual([{ tag: 'ok', value: args }]);
    expect(questions).toEqual([{ id: 1, op: 'test', args }]);
  });

  it('comes back with an error of the interface, or a trap, as it is', async () => {
    const answers: readonly Outcome[] = [
      { tag: 'err', value: { tag: 'unknown', val: 'grün 🌲' } },
      { tag: 'trap', message: 'over' },
      { tag: 'trap', message: 'x'.repeat(100_000) },
      { tag: 'ok', value: undefined },
    ];
    const { ask } = startGuest(
      async ({ args }) => answers[args[0] as number] ?? { tag: 'trap', message: 'none' },
    );
    await expect(ask(answers.map((_, index) => [index]))).resolves.toEqual(answers);
  });

  it('is answered with exactly the bytes around the size that travels inline', async () => {
    const { ask } = startGuest(({ args }) => ok(pattern(args[0] as number)));
    expect(INLINE_CAPACITY).toBe(16_384);
    const sizes = Array.from({ length: 129 }, (_, step) => INLINE_CAPACITY - 96 + step);
    const answers = await ask(sizes.map((size) => [size]));
    expect(answers).toEqual(sizes.map((size) => hashed(pattern(size))));
  });

  it('is answered intact whatever shape and size the answer has', async () => {
    const { ask } = startGuest(({ args }) => ok(args[0]));
    const anyValue = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40_000, size: 'max' }),
      fc.record({
        inner: fc.record({ text: fc.string({ minLength: 5_000, maxLength: 30_000, size: 'max' }) }),
      }),
      fc.array(fc.bigInt(), { maxLength: 3_000, size: 'max' }),
    );
    await fc.assert(
      fc.asyncProperty(anyValue, async (value) => {
        expect(await ask([[value]])).toEqual([{ tag: 'ok', value }]);
      }),
      { numRuns: 40 },
    );
  });

  it('can be answered with 5 MB, between small answers', async () => {
    const large = pattern(5_000_000);
    const { ask } = startGuest(({ args }) => ok(args[0] === 'large' ? large : args[0]));
    await expect(ask([['a'], ['large'], ['b'], ['large'], ['c']])).resolves.toEqual([
      { tag: 'ok', value: 'a' },
      hashed(large),
      { tag: 'ok', value: 'b' },
      hashed(large),
      { tag: 'ok', value: 'c' },
    ]);
  });

  it('is never lost, in 10,000 of them, answered at once or later', async () => {
    let asked = 0;
    const { ask } = startGuest(async ({ args }) => {
      asked += 1;
      if ((args[0] as number) % 7 === 0) {
        await new Promise(setImmediate);
      }
      return ok(args[0]);
    });
    const questions = Array.from({ length: 10_000 }, (_, n) => [n]);
    await expect(ask(questions)).resolves.toEqual(questions.map(([value]) => ({ tag: 'ok', value })));
    expect(asked).toBe(10_000);
  });

  it.each([
    ['the host fails at it', () => Promise.reject(new Error('secret of the host'))],
    ['its answer cannot travel', () => ok(() => 'a function')],
    ['its large answer cannot travel', () => ok({ bytes: new Uint8Array(100_000), run: () => 'a function' })],
  ] as const)('becomes a trap that tells nothing when %s, and the next one works', async (_name, respond) => {
    const { ask, failures } = startGuest(({ args }) => (args[0] === 'bad' ? respond() : ok('good')));
    await expect(ask([['bad'], ['next']])).resolves.toEqual([
      { tag: 'trap', message: 'The host failed to respond to the call.' },
      { tag: 'ok', value: 'good' },
    ]);
    expect(failures).toEqual([expect.any(Error)]);
  });
});

describe('an answer', () => {
  const bytesOf = (length: number): number => serialize({ tag: 'ok', value: pattern(length) }).byteLength;
  /** The value that just fits, with what says what it is. */
  const fitting = INLINE_CAPACITY - (bytesOf(INLINE_CAPACITY - 64) - (INLINE_CAPACITY - 64));

  it.each([
    ['a small one', 1, true],
    ['one that just fits', fitting, true],
    ['one that does not', fitting + 1, false],
  ])(
    'lies in the shared memory or on the port before the guest is woken: %s',
    async (_name, length, inline) => {
      const { port1, port2 } = new MessageChannel();
      const shared = createSharedBuffer();
      onTestFinished(
        serveGuest(
          port1,
          shared,
          () => ok(pattern(length)),
          (error) => expect.fail(String(error)),
        ),
      );
      const words = new Int32Array(shared, 0, 2);
      port2.postMessage({ id: 7, op: 'test', args: [] } satisfies Request);
      await expect.poll(() => Atomics.load(words, WAKE)).toBe(1);
      const onPort = receiveMessageOnPort(port2)?.message as LargeResponse | undefined;
      expect([Atomics.load(words, INLINE_LENGTH), onPort?.id]).toEqual(
        inline ? [bytesOf(length), undefined] : [0, 7],
      );
      const bytes = onPort?.bytes ?? new Uint8Array(shared, INLINE_OFFSET, bytesOf(length)).slice();
      expect(deserialize(bytes)).toEqual({ tag: 'ok', value: pattern(length) });
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
      worker.postMessage([['never']]);
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
    port1.on('message', ({ id }: Request) => {
      port1.postMessage({
        id: id + 1,
        bytes: serialize({ tag: 'ok', value: 'another' }),
      } satisfies LargeResponse);
      const words = new Int32Array(shared, 0, 2);
      Atomics.add(words, WAKE, 1);
      Atomics.notify(words, WAKE);
    });
    worker.postMessage([['x']]);
    expect((await once(worker, 'message'))[0]).toEqual([
      { tag: 'trap', message: 'The host returned a response to a different call.' },
    ]);
  });

  it('is heard no more when the host has stopped serving it', async () => {
    const heard: unknown[] = [];
    const { port1, port2 } = new MessageChannel();
    const stop = serveGuest(
      port1,
      createSharedBuffer(),
      ({ args }) => ok(heard.push(args)),
      (error) => expect.fail(String(error)),
    );
    stop();
    port2.postMessage({ id: 1, op: 'test', args: [] } satisfies Request);
    await once(port2, 'close');
    expect(heard).toEqual([]);
  });

  it('can be ended, and an answer that comes too late harms nobody', async () => {
    const asked = deferred<undefined>();
    const answer = deferred<Outcome>();
    const { worker } = startGuest(() => {
      asked.resolve(undefined);
      return answer.promise;
    });
    worker.postMessage([['never']]);
    await asked.promise;
    await expect(worker.terminate()).resolves.toBe(1);
    answer.resolve({ tag: 'ok', value: pattern(100_000) });
    await new Promise(setImmediate);
  });
});
