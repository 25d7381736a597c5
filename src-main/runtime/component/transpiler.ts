import { Worker } from 'node:worker_threads';
import { deferred, type Deferred } from '../../base/deferred.ts';
import { createMutex } from '../../base/mutex.ts';
import { RuntimeError } from '../errors.ts';
import { TRANSPILE_TIMEOUT_MS, TRANSPILER_IDLE_MS } from '../limits.ts';
import type { TranspileReply, TranspileRequest } from './transpile-worker.ts';
import type { TranspiledComponent } from './transpile.ts';

/** Transpiles in a worker thread that is started when first needed and ends when idle. */
export interface Transpiler {
  /**
   * One component at a time: its time counts from its turn, and when it is over the others go on without it.
   *
   * @throws RuntimeError `component-unusable`
   */
  readonly transpile: (component: Uint8Array, imports: readonly string[]) => Promise<TranspiledComponent>;
  /** Fails what is under way and what waits. */
  readonly dispose: () => Promise<void>;
}

export function createTranspiler(workerFile: string): Transpiler {
  const turns = createMutex();
  let worker: Worker | undefined;
  let current: Deferred<TranspiledComponent> | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  let disposed = false;

  const start = (): Worker => {
    const started = new Worker(workerFile, { execArgv: [], stdout: true, stderr: true });
    started.on('message', (reply: TranspileReply) => {
      // The answer of one that was given up may be on its way already: it is not that of the component in turn.
      if (worker !== started) {
        return;
      }
      if (reply.ok) {
        current?.resolve(reply.result);
      } else {
        // What failed may have broken down in the middle: nothing else is done with it.
        void end(reply.message);
      }
    });
    const lost = (why: string): void => {
      if (worker === started) {
        worker = undefined;
        current?.reject(unusable(why));
      }
    };
    started.on('error', (error) => lost(error.message));
    started.on('exit', () => lost(GONE));
    return started;
  };

  const end = async (why: string): Promise<void> => {
    const ending = worker;
    worker = undefined;
    clearTimeout(idleTimer);
    current?.reject(unusable(why));
    await ending?.terminate();
  };

  const transpile: Transpiler['transpile'] = async (component, imports) => {
    if (disposed) {
      throw unusable(SHUTTING_DOWN);
    }
    clearTimeout(idleTimer);
    worker ??= start();
    worker.ref();
    current = deferred();
    const timer = setTimeout(() => void end(TOO_LATE), TRANSPILE_TIMEOUT_MS);
    try {
      worker.postMessage({ component, imports } satisfies TranspileRequest);
      return await current.promise;
    } finally {
      clearTimeout(timer);
      current = undefined;
      if (worker !== undefined) {
        // An idle transpiler does not keep a command-line run alive.
        worker.unref();
        idleTimer = setTimeout(() => void end('idle'), TRANSPILER_IDLE_MS).unref();
      }
    }
  };

  return {
    transpile: (component, imports) => turns(() => transpile(component, imports)),
    dispose() {
      disposed = true;
      return end(SHUTTING_DOWN);
    },
  };
}

export const SHUTTING_DOWN = 'Capsule Desktop is shutting down';
export const TOO_LATE = 'transpiling took too long';
export const TOO_MUCH_MEMORY = 'it takes more memory than allowed';
export const GONE = 'the transpiler exited unexpectedly';

export function unusable(why: string): RuntimeError {
  return new RuntimeError(
    'component-unusable',
    `The component could not be transpiled: ${why}.`,
    'Rebuild it with a current toolchain. `inspect` shows what it imports.',
  );
}
