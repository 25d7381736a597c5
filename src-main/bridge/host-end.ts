import type { MessagePort } from 'node:worker_threads';
import { serialize } from 'node:v8';
import type { Outcome } from '../base/outcome.ts';
import {
  INLINE_CAPACITY,
  INLINE_LENGTH,
  INLINE_OFFSET,
  WAKE,
  type LargeResponse,
  type Request,
} from './protocol.ts';

/** Answers one request; must not throw, but a throw still becomes the one reply, a trap. */
export type Responder = (request: Request) => Promise<Outcome>;

/**
 * The host's end of one guest's bridge. The host thread never waits: it hears a request, runs
 * `respond` and wakes the guest with the answer. Every request is answered exactly once.
 *
 * @param port the host's end of the request port
 * @param shared the buffer made by `createSharedBuffer` for this guest
 * @param onFailure hears what the guest is not told: why no answer could be made or sent
 * @returns stops serving: no request is heard any more (a parked guest is then ended by its supervisor)
 */
export function serveGuest(
  port: MessagePort,
  shared: SharedArrayBuffer,
  respond: Responder,
  onFailure: (error: unknown) => void,
): () => void {
  const words = new Int32Array(shared, 0, 2);
  const inline = new Uint8Array(shared, INLINE_OFFSET);

  const onMessage = async (request: Request): Promise<void> => {
    try {
      send(request.id, await respond(request));
    } catch (error) {
      // Also for a value that cannot travel: the guest must not stay parked, and nothing of the host is told.
      onFailure(error);
      send(request.id, { tag: 'trap', message: 'The host failed to respond to the call.' });
    }
  };

  const send = (id: number, outcome: Outcome): void => {
    const bytes = serialize(outcome);
    if (bytes.byteLength <= INLINE_CAPACITY) {
      inline.set(bytes);
      Atomics.store(words, INLINE_LENGTH, bytes.byteLength);
    } else {
      Atomics.store(words, INLINE_LENGTH, 0);
      // Handed over, not copied once more.
      port.postMessage({ id, bytes } satisfies LargeResponse, [bytes.buffer]);
    }
    Atomics.add(words, WAKE, 1);
    Atomics.notify(words, WAKE);
  };

  port.on('message', (request: Request) => void onMessage(request));
  return () => port.close();
}
