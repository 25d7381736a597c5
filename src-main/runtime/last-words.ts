import type { ByteSource } from '../os/pipes/byte-source.ts';
import { GUEST_LAST_WORDS_BYTES, MAX_GUEST_ERROR_OUTPUT_BYTES } from './limits.ts';

/** What V8 says on the error output before it aborts. */
const OUT_OF_MEMORY = /out of memory|Allocation failed/i;

/**
 * Reads an error output to its end and keeps the last of it: whether it says that memory ran out.
 *
 * @param onFlood when it is more than any process of ours writes, which is not kept; also again
 */
export function readLastWords(stderr: ByteSource, onFlood: () => void): () => boolean {
  let words = Buffer.alloc(0);
  let saidBytes = 0;
  stderr.start({
    accept(bytes) {
      saidBytes += bytes.byteLength;
      if (saidBytes > MAX_GUEST_ERROR_OUTPUT_BYTES) {
        onFlood();
      } else {
        words = Buffer.concat([words, bytes]).subarray(-GUEST_LAST_WORDS_BYTES);
      }
    },
    room: () => Number.MAX_SAFE_INTEGER,
    resumeRoom: 1,
  });
  return () => OUT_OF_MEMORY.test(words.toString('latin1'));
}
