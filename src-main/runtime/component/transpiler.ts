import { Worker } from 'node:worker_threads';
import { deferred, type Deferred } from '../../base/deferred.ts';
import { RuntimeError } from '../errors.ts';
import { TRANSPILE_TIMEOUT_MS, TRANSPILER_IDLE_MS } from '../limits.ts';
import type { TranspileReply, TranspileRequest } from './transpile-worker.ts';
import type { TranspiledComponent } from './transpile.ts';

/** Transpiles in a worker thread that is started when first needed and ends when idle. */
export interface Transpiler {
  readonly transpile: (component: Uint8Array, imports: readonly string[]) => Promise<TranspiledComponent>;
  readonly dispose: () => Promise<void>;
}

export function createTranspiler(workerFile: string): Transpiler {
  const pending = new Map<number, Deferred<TranspiledComponent>>();
  let worker: Worker | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  let lastId = 0;

  const start = (): Worker => {
    const started = new Worker(workerFile, { execArgv: [], stdout: true, stderr: true });
    started.on('message', (reply: TranspileReply) => {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      if (reply.ok) {
        waiting?.resolve(reply.result);
      } else {
        waiting?.reject(unusable(reply.message));
      }
      idleTimer = pending.size === 0 ? setTimeout(() => void end('idle'), TRANSPILER_IDLE_MS) : undefined;
      idleTimer?.unref();
    });
    started.on('error', (error) => failAll(error.message));
    started.on('exit', () => {
      if (worker === started) {
        worker = undefined;
        failAll('the transpiler exited unexpectedly');
      }
    });
    // An idle transpiler does not keep a command-line run alive.
    started.unref();
    return started;
  };

  const failAll = (message: string): void => {
    for (const waiting of pending.values()) {
      waiting.reject(unusable(message));
    }
    pending.clear();
  };

  const end = async (reason: string): Promise<void> => {
    const ending = worker;
    worker = undefined;
    clearTimeout(idleTimer);
    failAll(reason);
    await ending?.terminate();
  };

  return {
    async transpile(component, imports) {
      clearTimeout(idleTimer);
      worker ??= start();
      worker.ref();
      const id = ++lastId;
      const waiting = deferred<TranspiledComponent>();
      pending.set(id, waiting);
      const timer = setTimeout(() => void end('transpiling took too long'), TRANSPILE_TIMEOUT_MS);
      try {
        worker.postMessage({ id, component, imports } satisfies TranspileRequest);
        return await waiting.promise;
      } finally {
        clearTimeout(timer);
        if (pending.size === 0) {
          worker?.unref();
        }
      }
    },
    dispose: () => end('Capsule Desktop is shutting down'),
  };
}

function unusable(why: string): RuntimeError {
  return new RuntimeError(
    'component-unusable',
    `The component could not be transpiled: ${why}.`,
    'Rebuild it with a current toolchain. `inspect` shows what it imports.',
  );
}
