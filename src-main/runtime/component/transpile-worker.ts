import { parentPort } from 'node:worker_threads';
import { transpile, type TranspiledComponent } from './transpile.ts';

/** Transpiles components away from the main thread, one at a time, in the order they are asked for. */
export interface TranspileRequest {
  readonly id: number;
  readonly component: Uint8Array;
  readonly imports: readonly string[];
}

export type TranspileReply =
  | { readonly id: number; readonly ok: true; readonly result: TranspiledComponent }
  | { readonly id: number; readonly ok: false; readonly message: string };

const port = parentPort;
if (port === null) {
  throw new Error('This file must run as a worker thread.');
}

port.on('message', (request: TranspileRequest) => {
  transpile(request.component, request.imports).then(
    (result) => port.postMessage({ id: request.id, ok: true, result } satisfies TranspileReply),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      port.postMessage({ id: request.id, ok: false, message } satisfies TranspileReply);
    },
  );
});
