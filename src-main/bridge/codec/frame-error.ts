/** Bytes that are no message of the bridge's, or a value that cannot become one. Says what is wrong, and nothing of the value. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}
