import type { MessagePort } from 'node:worker_threads';
import type { FrameResponder } from './responder.ts';
import { INLINE_CAPACITY, INLINE_LENGTH, INLINE_OFFSET, WAKE, type FrameMessage } from './protocol.ts';

/**
 * The host's end of one guest's bridge. The host thread never waits: it hears a request, runs
 * `respond` and wakes the guest with the answer. Every request is answered exactly once.
 *
 * @param port the host's end of the request port
 * @param shared the buffer made by `createSharedBuffer` for this guest
 * @returns stops serving: no request is heard any more (a parked guest is then ended by its supervisor)
 */
export function serveGuest(
  port: MessagePort,
  shared: SharedArrayBuffer,
  respond: FrameResponder,
): () => void {
  const words = new Int32Array(shared, 0, 2);
  const inline = new Uint8Array(shared, INLINE_OFFSET);

  const send = (id: number, frame: Uint8Array<ArrayBuffer>): void => {
    if (frame.byteLength <= INLINE_CAPACITY) {
      inline.set(frame);
      Atomics.store(words, INLINE_LENGTH, frame.byteLength);
    } else {
      Atomics.store(words, INLINE_LENGTH, 0);
      // Handed over, not copied once more.
      port.postMessage({ id, frame } satisfies FrameMessage, [frame.buffer]);
    }
    Atomics.add(words, WAKE, 1);
    Atomics.notify(words, WAKE);
  };

  port.on('message', ({ id, frame }: FrameMessage) => void respond(frame).then((answer) => send(id, answer)));
  return () => port.close();
}
