import type { SandboxedChild } from '../../os/child/child.ts';
import { WORKER_HEAP_MB } from '../limits.ts';
import type { Gone } from './guest-process.ts';
import { readLastWords } from '../last-words.ts';

/**
 * Reads a guest's process to its end, and says why that came.
 *
 * @param onBytes gets all of its output, until the last byte
 * @param onFlood when it has written more on its error output than any of ours does; all of it is read nevertheless
 */
export async function goneWith(
  child: SandboxedChild,
  onBytes: (bytes: Uint8Array) => void,
  onFlood: () => void,
): Promise<Gone> {
  child.stdout.start({ accept: onBytes, room: () => Number.MAX_SAFE_INTEGER, resumeRoom: 1 });
  const ranOutOfMemory = readLastWords(child.stderr, onFlood);
  const { code, signal } = await child.exited;
  await Promise.all([child.stdout.ended, child.stderr.ended]);
  if (ranOutOfMemory()) {
    return {
      kind: 'out-of-memory',
      message: `The guest's process exceeded its memory (${String(WORKER_HEAP_MB)} MB of JavaScript heap).`,
    };
  }
  const end = signal === null ? `with exit code ${String(code)}` : `by signal ${String(signal)}`;
  return { kind: 'trapped', message: `The guest's process ended unexpectedly, ${end}.` };
}
