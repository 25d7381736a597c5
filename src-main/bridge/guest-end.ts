import { deserialize } from 'node:v8';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Outcome } from '../base/outcome.ts';
import {
  INLINE_LENGTH,
  INLINE_OFFSET,
  WAKE,
  type LargeResponse,
  type OperationName,
  type Request,
} from './protocol.ts';

/** Asks the host and blocks this thread until the answer is there. */
export type AskHost = (op: OperationName, args: readonly unknown[]) => Outcome;

/**
 * Checks of the shared word before the thread sleeps: about 30 µs of spinning. The host's common
 * answers arrive within that, which spares both threads a futex (4–39 µs against 65–75 µs).
 */
const SPINS = 3_000;

/**
 * The guest's end of the bridge. A call in flight is the only one: the guest is single-threaded and
 * parked, so the next move of the wake counter is its answer.
 */
export function createGuestEnd(port: MessagePort, shared: SharedArrayBuffer): AskHost {
  const words = new Int32Array(shared, 0, 2);
  let lastId = 0;

  return (op, args) => {
    const id = ++lastId;
    const seen = Atomics.load(words, WAKE);
    port.postMessage({ id, op, args } satisfies Request);
    parkUntilMoved(words, seen);
    const length = Atomics.load(words, INLINE_LENGTH);
    return length > 0 ? takeInline(shared, length) : takeFromPort(port, id);
  };
}

function parkUntilMoved(words: Int32Array, seen: number): void {
  for (let spin = 0; spin < SPINS && Atomics.load(words, WAKE) === seen;) {
    spin += 1;
  }
  // Untimed on purpose: the supervisor's terminate() ends even a parked thread within a few milliseconds.
  while (Atomics.load(words, WAKE) === seen) {
    Atomics.wait(words, WAKE, seen);
  }
}

function takeInline(shared: SharedArrayBuffer, length: number): Outcome {
  // Copied out first: the deserialiser does not read shared memory.
  const bytes = new Uint8Array(length);
  bytes.set(new Uint8Array(shared, INLINE_OFFSET, length));
  return deserialize(bytes) as Outcome;
}

/** It is there: the host posts it before the word moves. */
function takeFromPort(port: MessagePort, id: number): Outcome {
  const large = receiveMessageOnPort(port)?.message as LargeResponse | undefined;
  return large?.id === id
    ? (deserialize(large.bytes) as Outcome)
    : { tag: 'trap', message: 'The host returned a response to a different call.' };
}
