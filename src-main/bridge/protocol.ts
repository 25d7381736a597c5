/**
 * The synchronous call between a guest's worker and the host.
 *
 * The guest posts one `Request` on its own message port and sleeps; the host answers exactly once.
 * A small answer travels in the shared buffer itself, a large one on the port. Either way the answer
 * is in place before the wake counter moves: the message is the truth, the wake is only a hint.
 */
/** A host function by interface and canonical name, e.g. `astrid:sys/host@1.0.0#get-caller`. */
export type OperationName = string;

export interface Request {
  readonly id: number;
  readonly op: OperationName;
  /** Structured-clonable; resources are already numbers. */
  readonly args: readonly unknown[];
}

/** What travels on the reply port when the answer is too large for the shared buffer. */
export interface LargeResponse {
  readonly id: number;
  /** The outcome, serialised as for the shared buffer. */
  readonly bytes: Uint8Array;
}

/**
 * Layout of the shared buffer: two 32-bit words, then the inline answer.
 * `WAKE` counts answers; `INLINE_LENGTH` is the byte length of the inline answer, 0 for one by port.
 */
export const WAKE = 0;
export const INLINE_LENGTH = 1;
export const INLINE_OFFSET = 8;
/**
 * Answers up to this many serialised bytes go inline: measured, an inline answer saves the guest
 * about 10 µs against the port, and most answers are a few hundred bytes.
 */
export const INLINE_CAPACITY = 16 * 1024;

export function createSharedBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(INLINE_OFFSET + INLINE_CAPACITY);
}
