import { ArrivalTimes } from './arrival-times.ts';
import type { ArrivalTime } from './arrival-times.ts';
import { FIRST_RING_BYTES, MAX_RING_BYTES, MIN_RING_BYTES, RESUME_ROOM_BYTES } from '../limits.ts';

/** What happens when output arrives faster than it is read: the oldest is dropped, or the program waits. */
export type Overflow = 'drop-oldest' | 'backpressure';

/** A piece of one stream. Offsets count bytes since the stream began (exact up to 2^53). */
export interface LogSlice {
  /** A copy; the ring may overwrite its own. */
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Offset of the next read. */
  readonly next: number;
  /** Bytes between the asked offset and `start` that are gone. */
  readonly lost: number;
  /** The stream has ended and `next` is its end. */
  readonly end: boolean;
  readonly times: readonly ArrivalTime[];
}

export interface LogRingOptions {
  /** Bytes. Clamped to 4 KiB–8 MiB. */
  readonly capacity: number;
  readonly overflow: Overflow;
  /** Epoch milliseconds; must never go back. */
  readonly now: () => number;
}

/**
 * The retained output of one stream. Reading never takes anything from another reader: `drain` moves the one cursor that
 * the owner's readers share, `readAt` moves nothing, and only new output evicts. Always `dropped + retained = produced`.
 *
 * Byte `n` of the stream is at `n % size`. The buffer starts small and doubles; until it has its full size nothing has
 * been evicted. Appending copies whole chunks, once.
 */
export class LogRing {
  readonly overflow: Overflow;
  readonly #times: ArrivalTimes;
  #capacity: number;
  #buffer: Uint8Array;
  #produced = 0;
  #oldest = 0;
  #drained = 0;
  #consumed = 0;
  #unread = 0;
  #ended = false;

  constructor({ capacity, overflow, now }: LogRingOptions) {
    this.#capacity = Math.min(MAX_RING_BYTES, Math.max(MIN_RING_BYTES, Math.floor(capacity)));
    this.overflow = overflow;
    this.#buffer = new Uint8Array(Math.min(FIRST_RING_BYTES, this.#capacity));
    this.#times = new ArrivalTimes(now);
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Total bytes received. */
  get produced(): number {
    return this.#produced;
  }

  /** Bytes that can no longer be read by anybody. */
  get dropped(): number {
    return this.#oldest;
  }

  get retained(): number {
    return this.#produced - this.#oldest;
  }

  /** Bytes dropped before the owner had read them; always 0 under `backpressure`. */
  get lostUnread(): number {
    return this.#unread;
  }

  /** Bytes that the next `drain` can still give. */
  get undrained(): number {
    return this.#produced - Math.max(this.#drained, this.#oldest);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** How much may be appended now. Without backpressure always a whole ring. */
  get room(): number {
    return this.overflow === 'drop-oldest'
      ? this.#capacity
      : this.#capacity - (this.#produced - this.#consumed);
  }

  /** `room` at which a paused stream resumes. */
  get resumeRoom(): number {
    return Math.min(RESUME_ROOM_BYTES, this.#capacity / 2);
  }

  /** Takes a copy of `bytes`. Under `backpressure` they must fit into `room`: more would break the promise to lose nothing. */
  append(bytes: Uint8Array): void {
    if (bytes.length > this.room && this.overflow === 'backpressure') {
      throw new RangeError(`${String(bytes.length)} bytes do not fit into ${String(this.room)}`);
    }
    if (bytes.length === 0) {
      return;
    }
    this.#times.note(this.#produced);
    this.#grow(this.#produced + bytes.length);
    const end = this.#produced + bytes.length;
    const kept = bytes.subarray(-this.#capacity);
    this.#put(kept, end - kept.length);
    this.#produced = end;
    this.#evictTo(end - this.#capacity);
  }

  /**
   * Takes `bytes` whole, enlarging the ring by as much as is missing: the last of the pipe of a program that has ended
   * while it was held back. Bounded by what a pipe holds.
   */
  appendTail(bytes: Uint8Array): void {
    const missing = bytes.length - this.room;
    if (this.overflow === 'backpressure' && missing > 0) {
      this.#resize(this.#capacity + missing, this.#capacity + missing);
    }
    this.append(bytes);
  }

  /** The stream has ended; memory beyond what is retained is given back. */
  end(): void {
    this.#ended = true;
    if (this.retained < this.#buffer.length) {
      this.#resize(Math.max(1, this.retained), this.#capacity);
    }
  }

  /** Gives up all that is retained, as if newer output had taken its place. Only once the stream has ended. */
  discard(): void {
    this.#evictTo(this.#produced);
    this.#resize(1, this.#capacity);
  }

  /** The next bytes for the owner's shared cursor, which moves behind them. `lost`: evicted since the previous drain. */
  drain(max: number): LogSlice {
    const slice = this.readAt(this.#drained, max);
    this.#drained = slice.next;
    this.consumedTo(slice.next);
    return slice;
  }

  /**
   * At most `max` bytes from `offset` on: null is the oldest retained byte, a negative number counts from the end, an
   * offset beyond the end is the end. Moves nothing.
   */
  readAt(offset: number | null, max: number): LogSlice {
    const wanted =
      offset === null ? this.#oldest : offset < 0 ? Math.max(0, this.#produced + offset) : offset;
    const start = Math.min(this.#produced, Math.max(this.#oldest, wanted));
    const next = Math.min(this.#produced, start + Math.max(0, Math.floor(max)));
    return {
      bytes: this.#copy(start, next),
      start,
      next,
      // Counting from the end asks for what there is.
      lost: offset !== null && offset >= 0 ? Math.max(0, start - wanted) : 0,
      end: this.#ended && next === this.#produced,
      times: this.#times.between(start, next),
    };
  }

  /** The owner has read everything before `offset`; backpressure lets as much new output in. */
  consumedTo(offset: number): void {
    this.#consumed = Math.max(this.#consumed, Math.min(offset, this.#produced));
  }

  #evictTo(offset: number): void {
    if (offset > this.#oldest) {
      this.#unread += Math.max(0, offset - Math.max(this.#oldest, this.#consumed));
      this.#oldest = offset;
      // Evicted bytes count as consumed.
      this.#consumed = Math.max(this.#consumed, offset);
      this.#times.forgetBefore(offset);
    }
  }

  #grow(needed: number): void {
    let size = this.#buffer.length;
    while (size < this.#capacity && size < needed) {
      size = Math.min(this.#capacity, size * 2);
    }
    if (size > this.#buffer.length) {
      this.#resize(size, this.#capacity);
    }
  }

  #resize(size: number, capacity: number): void {
    const retained = this.#copy(this.#oldest, this.#produced);
    this.#buffer = new Uint8Array(size);
    this.#capacity = capacity;
    this.#put(retained, this.#oldest);
  }

  #put(bytes: Uint8Array, offset: number): void {
    const at = offset % this.#buffer.length;
    const first = Math.min(bytes.length, this.#buffer.length - at);
    this.#buffer.set(bytes.subarray(0, first), at);
    this.#buffer.set(bytes.subarray(first), 0);
  }

  #copy(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    const at = start % this.#buffer.length;
    const first = Math.min(bytes.length, this.#buffer.length - at);
    bytes.set(this.#buffer.subarray(at, at + first));
    bytes.set(this.#buffer.subarray(0, bytes.length - first), first);
    return bytes;
  }
}
