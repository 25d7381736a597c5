import type * as processHost from 'astrid:process/host@1.0.0';
import type * as sysHost from 'astrid:sys/host@1.0.0';

/** Of the child's output, what the host keeps; and what is written at a time, which fits into it. */
const RING_BYTES = 1024 * 1024;
const PIECE_BYTES = RING_BYTES / 2;
/** Reads of different sizes, so that the readers' chunks begin and end at different places. */
const FIRST_READ_BYTES = 100_000;
const READ_STEP_BYTES = 17_001;
const PAUSE_NS = 1_000_000;

interface Reader {
  readonly max: number;
  cursor: processHost.LogCursor;
  at: number;
  bytes: number;
  dropped: number;
  wrong: number;
  ended: boolean;
}

interface Hosts {
  readonly process: typeof processHost;
  readonly sys: typeof sysHost;
}

/**
 * Sends `input` through `cat` and compares what comes back with it, for several readers with cursors of their own. The
 * first `prelude` bytes are given at the start, without regard to what fits; the rest follows in pieces that do.
 */
export function pump({ process, sys }: Hosts, input: Uint8Array, count: number, prelude: number): object {
  const id = process.spawnPersistent({
    cmd: 'cat',
    args: [],
    env: [],
    label: 'pump',
    stdin: input.subarray(0, prelude),
    keepStdinOpen: true,
    overflow: 'backpressure',
    logRingBytes: RING_BYTES,
  });
  const readers = Array.from({ length: count }, (_, index): Reader => {
    const max = FIRST_READ_BYTES + index * READ_STEP_BYTES;
    // A cursor at the beginning, before anybody has let the child go on.
    const cursor = process.readSince(id, 'stdout', {}, 0).next;
    return { max, cursor, at: 0, bytes: 0, dropped: 0, wrong: 0, ended: false };
  });
  // How far anybody has read, and what was gone before anybody had.
  let front = 0;
  let unseen = 0;
  const readWhile = (wants: (reader: Reader) => boolean): void => {
    while (readers.some(wants)) {
      const before = readers.reduce((sum, { at }) => sum + at, 0);
      for (const reader of readers.filter(wants)) {
        const start = readOn(process, id, input, reader);
        unseen += Math.max(0, start - front);
        front = Math.max(front, reader.at);
      }
      if (readers.reduce((sum, { at }) => sum + at, 0) === before) sys.sleepNs(PAUSE_NS);
    }
  };

  let written = prelude;
  readWhile(({ at }) => at < written);
  while (written < input.length) {
    written += process.writeStdin(id, input.subarray(written, written + PIECE_BYTES));
    readWhile(({ at }) => at < written);
  }
  process.closeStdin(id);
  readWhile(({ ended }) => !ended);
  const exit = process.wait(id, 10_000);
  return { exit, unseen, readers: readers.map(({ bytes, dropped, wrong }) => ({ bytes, dropped, wrong })) };
}

/** Reads once; answers where what came begins. */
function readOn(process: Hosts['process'], id: string, input: Uint8Array, reader: Reader): number {
  const chunk = process.readSince(id, 'stdout', reader.cursor, reader.max);
  const start = reader.at + chunk.bytesDropped;
  reader.cursor = chunk.next;
  reader.at = start + chunk.data.length;
  reader.bytes += chunk.data.length;
  reader.dropped += chunk.bytesDropped;
  reader.wrong += differences(chunk.data, input.slice(start, reader.at));
  reader.ended = chunk.drainedEof;
  return start;
}

/** How many words or last bytes differ; words, since byte by byte takes the engine four times as long. */
function differences(got: Uint8Array, expected: Uint8Array): number {
  if (got.length !== expected.length) return Math.max(got.length, expected.length);
  const words = Math.floor(got.length / 4);
  const [a, b] = [got.slice(), expected].map(({ buffer }) => new Uint32Array(buffer, 0, words));
  let count = 0;
  for (let at = 0; at < words; at += 1) if (a?.[at] !== b?.[at]) count += 1;
  for (let at = words * 4; at < got.length; at += 1) if (got[at] !== expected[at]) count += 1;
  return count;
}
