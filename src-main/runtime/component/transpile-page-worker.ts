import { answerTranspileRequest } from './answer-transpile-request.ts';

/** What the page's script hands over; see `guest/page/page.ts`. */
interface WorkerStart {
  readonly port: MessagePort;
}

/**
 * The entry of the worker of a transpiler's page: one component, and what becomes of it. It tells its time when asked, as every
 * worker of a page does, since that says that it is there.
 */
addEventListener(
  'message',
  ({ data: { port } }: MessageEvent<WorkerStart>) => {
    port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof Uint8Array) {
        void answerTranspileRequest(data).then((answer) => port.postMessage(answer));
      } else {
        port.postMessage(performance.now());
      }
    });
    port.start();
    port.postMessage(performance.now());
  },
  { once: true },
);
