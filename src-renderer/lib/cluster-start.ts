import { characterSize } from './escape-text.ts';
import { MAX_CLUSTER_BYTES } from './limits.ts';

/**
 * Where the character begins that the one at `at` is put on or joined to, but not before `floor`; `at` itself when it
 * stands alone, or when what it belongs to is longer than `MAX_CLUSTER_BYTES`.
 */
export function clusterStart(bytes: Uint8Array, floor: number, at: number): number {
  let from = at;
  // An ASCII character begins a cluster, so that plain text is not looked through.
  while ((bytes[from] ?? 0) >= 0x80 && at - from < MAX_CLUSTER_BYTES) {
    const size = sizeBefore(bytes, from);
    if (size === 0 || from - size < floor) {
      break;
    }
    from -= size;
  }
  const before = decoder.decode(bytes.subarray(from, at));
  const after = decoder.decode(bytes.subarray(at, at + MAX_CLUSTER_BYTES));
  const cluster = graphemes.segment(before + after).containing(before.length);
  return cluster === undefined ? at : at - encoder.encode(before.slice(cluster.index)).length;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Length of the well-formed character that ends before `at`, 0 when there is none. */
function sizeBefore(bytes: Uint8Array, at: number): number {
  return [1, 2, 3, 4].find((size) => at >= size && characterSize(bytes, at - size) === size) ?? 0;
}
