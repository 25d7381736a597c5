import { createResponseBuffer, createResponseWriter } from './response-buffer.ts';

/** What the page's worker is given. */
export interface WorkerStart {
  readonly port: MessagePort;
  readonly shared: SharedArrayBuffer;
}

/**
 * The entry of a guest's page: starts the worker in which the component runs, with the port on which it speaks to the
 * application, and hands it the responses that come on the other one. Nothing of a component runs in this thread.
 */
addEventListener(
  'message',
  ({ ports }) => {
    const [port, responses] = ports;
    if (port === undefined || responses === undefined) {
      throw new Error('The application sent no ports.');
    }
    const shared = createResponseBuffer();
    const write = createResponseWriter(shared);
    const worker = new Worker('worker.js');
    // An error of the worker's script, or its end: the application ends the whole page.
    worker.addEventListener('error', ({ message }) => responses.postMessage(message));
    worker.postMessage({ port, shared } satisfies WorkerStart, [port]);
    responses.addEventListener('message', ({ data }: MessageEvent<Uint8Array>) => void write(data));
    responses.start();
  },
  { once: true },
);
