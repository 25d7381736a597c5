import { parentPort } from 'node:worker_threads';
import { transpile, type TranspiledComponent } from './transpile.ts';

/** Transpiles a component away from the main thread; the next is asked for when this one has been answered. */
export interface TranspileRequest {
  readonly component: Uint8Array;
  readonly imports: readonly string[];
}

export type TranspileReply =
  | { readonly ok: true; readonly result: TranspiledComponent }
  | { readonly ok: false; readonly message: string };

const port = parentPort;
if (port === null) {
  throw new Error('This file must run as a worker thread.');
}

port.on('message', (request: TranspileRequest) => {
  transpile(request.component, request.imports).then(
    (result) => port.postMessage({ ok: true, result } satisfies TranspileReply),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      port.postMessage({ ok: false, message } satisfies TranspileReply);
    },
  );
});
