import { setImmediate as nextTurn } from 'node:timers/promises';
import { createMutex } from '../../base/mutex.ts';
import type { StreamView } from '../../contract/views.ts';
import type { ByteSource, ByteTarget } from '../../os/pipes/byte-source.ts';
import { DECODE_SLICE_BYTES } from '../limits.ts';
import { LogRing } from './log-ring.ts';
import type { LogRingOptions, LogSlice } from './log-ring.ts';
import { Utf8Carry } from './utf8-carry.ts';

/** One output stream of a process: what flows from the pipe into the ring, and when it is held back. */
export class ProcessOutput implements ByteTarget {
  readonly #ring: LogRing;
  readonly #onChange: () => void;
  readonly #text = new Utf8Carry();
  readonly #decoding = createMutex();
  #source: ByteSource | undefined;
  /** The program has ended: what its pipe still holds is let in whatever the ring says. */
  #tail = false;

  /** `onChange`: bytes came or the stream ended. */
  constructor(options: LogRingOptions, onChange: () => void) {
    this.#ring = new LogRing(options);
    this.#onChange = onChange;
  }

  /** Begins to read. */
  attach(source: ByteSource): void {
    this.#source = source;
    source.start(this);
  }

  accept(bytes: Uint8Array): void {
    if (this.#tail) {
      this.#ring.appendTail(bytes);
    } else {
      this.#ring.append(bytes);
    }
    this.#onChange();
  }

  room(): number {
    return this.#tail ? Number.MAX_SAFE_INTEGER : this.#ring.room;
  }

  get resumeRoom(): number {
    return this.#ring.resumeRoom;
  }

  /** The program waits because its owner does not read. */
  get blocked(): boolean {
    return this.#source?.paused === true;
  }

  get undrained(): number {
    return this.#ring.undrained;
  }

  /** Evicted before the owner read it. */
  get lostUnread(): number {
    return this.#ring.lostUnread;
  }

  get view(): StreamView {
    const { produced, dropped, retained, capacity, ended } = this.#ring;
    return { produced, dropped, retained, capacity, ended };
  }

  /** For the owner: the next bytes of the one cursor that all `drain` readers share. */
  drain(max: number): LogSlice {
    const slice = this.#ring.drain(max);
    this.#source?.resume();
    return slice;
  }

  /**
   * `drain` as text; a character torn between two calls comes whole with the second. Do not mix with `drain`. Much text is
   * decoded in slices with turns in between; calls answer in their order.
   */
  drainText(max: number): Promise<string> {
    return this.#decoding(async () => {
      const slice = this.drain(max);
      const torn = slice.lost > 0 ? this.#text.skip() : '';
      return torn + (await takeInSlices(this.#text, slice));
    });
  }

  /** For the owner: reads from a cursor of its own, and counts as having read up to there. */
  readSince(offset: number | null, max: number): LogSlice {
    const slice = this.#ring.readAt(offset, max);
    this.#ring.consumedTo(slice.next);
    this.#source?.resume();
    return slice;
  }

  /** For everybody else: moves nothing and lets nothing in. */
  readAt(offset: number | null, max: number): LogSlice {
    return this.#ring.readAt(offset, max);
  }

  /** Takes in the rest of an ended program; resolves at the end of the stream. */
  async finish(): Promise<void> {
    this.#tail = true;
    this.#source?.resume();
    await this.#source?.ended;
  }

  /** Gives up what is retained; once no more bytes come. */
  discard(): void {
    this.#ring.discard();
  }

  /** No more bytes come; what is retained stays readable. */
  close(): void {
    this.#source?.close();
    if (!this.#ring.ended) {
      this.#ring.end();
      this.#onChange();
    }
  }
}

async function takeInSlices(text: Utf8Carry, { bytes, end }: LogSlice): Promise<string> {
  let taken = '';
  let rest = bytes;
  while (rest.length > DECODE_SLICE_BYTES) {
    taken += text.take(rest.subarray(0, DECODE_SLICE_BYTES), false);
    rest = rest.subarray(DECODE_SLICE_BYTES);
    await nextTurn();
  }
  return taken + text.take(rest, end);
}

/** Whether the shared drain cursors have bytes before them, or all streams have ended. */
export function isReadable(streams: readonly ProcessOutput[]): boolean {
  // One closed stream is no news for ever: a guest that polls would spin until the other one ends.
  return streams.some(({ undrained }) => undrained > 0) || streams.every(({ view }) => view.ended);
}
