import * as v8 from 'node:v8';
import { GARBAGE_BYTES, IDLE_HEAP_CHANGE_BYTES, MEMORY_LOOK_MS } from './constants.ts';

/**
 * Gives memory back that is garbage. V8 collects while something allocates: after one large message an idle main process
 * keeps what it took for hours. Returns the function that stops looking.
 */
export function returnMemory(): () => void {
  const look = createLook(usedBytes, collect);
  const timer = setInterval(look, MEMORY_LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * One look: collects when far more is used than was left by the last collection, and nothing has changed since the last look.
 * While it changes V8 is at work itself, and a whole collection would hold main up.
 */
export function createLook(used: () => number, collectAll: () => void): () => void {
  let least = used();
  let last = least;
  return () => {
    const now = used();
    const idle = Math.abs(now - last) <= IDLE_HEAP_CHANGE_BYTES;
    last = now;
    least = Math.min(least, now);
    if (idle && now - least >= GARBAGE_BYTES) {
      collectAll();
      least = used();
      last = least;
    }
  };
}

function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = v8.getHeapStatistics();
  return heap + external;
}

/**
 * The one call of Node that collects everything without a flag: it does so before it counts. It is experimental; without it
 * garbage stays until V8 collects by itself.
 */
export function collect(): void {
  const { queryObjects } = v8 as Partial<typeof v8>;
  // Any class does: nobody is interested in the number.
  queryObjects?.(WeakRef, { format: 'count' });
}
