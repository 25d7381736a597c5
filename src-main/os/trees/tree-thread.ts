import { parentPort } from 'node:worker_threads';
import { deliver, signalTree } from '../proc/signal-tree.ts';
import { SIGNAL_NUMBERS } from '../proc/signals.ts';
import { readTree } from '../proc/tree-usage.ts';
import { isThere } from './is-there.ts';
import type { SignalRequest, TreeReply, TreeRequest } from './protocol.ts';

/** Of `Trees`: reads `/proc` and signals here, where nobody waits for this thread. */
parentPort?.on('message', (request: TreeRequest) => {
  const { id } = request;
  answer(
    request.kind === 'look'
      ? { kind: 'looked', id, sample: isThere(request) ? readTree(request.init, request.options) : null }
      : { kind: 'signalled', id, reached: send(request) },
  );
});

function send({ signal, ...root }: SignalRequest): boolean {
  if (signal === SIGNAL_NUMBERS.cont && isThere(root)) {
    // A stop of its group has stopped init too, also when the program has left that group since.
    deliver(root.init, signal);
  }
  return signalTree(root.init, signal, () => isThere(root));
}

function answer(reply: TreeReply): void {
  parentPort?.postMessage(reply);
}
