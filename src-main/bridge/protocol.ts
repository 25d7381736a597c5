/**
 * The synchronous call between a guest's worker and the host.
 *
 * The guest posts one request on its own message port and sleeps; the host answers exactly once.
 * A small answer travels in the shared buffer itself, a large one on the port. Either way the answer
 * is in place before the wake counter moves: the message is the truth, the wake is only a hint.
 */
export interface FrameMessage {
  readonly id: number;
  /** What `codec/` writes and reads. */
  readonly frame: Uint8Array<ArrayBuffer>;
}

/** Sends the host one frame, which is gone then, and blocks this thread until the answering one is there. */
export type Exchange = (frame: Uint8Array<ArrayBuffer>) => Uint8Array;

/**
 * Layout of the shared buffer: two 32-bit words, then the inline answer.
 * `WAKE` counts answers; `INLINE_LENGTH` is the byte length of the inline answer, 0 for one by port.
 */
export const WAKE = 0;
export const INLINE_LENGTH = 1;
export const INLINE_OFFSET = 8;
/**
 * Answers of up to this many bytes go inline: measured, an inline answer saves the guest
 * about 10 µs against the port, and most answers are a few hundred bytes.
 */
export const INLINE_CAPACITY = 16 * 1024;

export function createSharedBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(INLINE_OFFSET + INLINE_CAPACITY);
}
