import { MAX_TIME_ENTRIES, TIME_STEP_MS } from '../limits.ts';

/** Bytes from `offset` on arrived at `at` (epoch ms) or later, up to the next entry. */
export interface ArrivalTime {
  readonly offset: number;
  readonly at: number;
}

/** A sparse, bounded index from offsets of a stream to the time they arrived. One clock reading per chunk. */
export class ArrivalTimes {
  /** Epoch ms; never goes back. */
  readonly #now: () => number;
  #entries: ArrivalTime[] = [];
  #step = TIME_STEP_MS;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Bytes from `offset` on arrive now. */
  note(offset: number): void {
    const at = this.#now();
    const last = this.#entries.at(-1);
    if (last !== undefined && at - last.at < this.#step) {
      return;
    }
    if (this.#entries.length >= MAX_TIME_ENTRIES) {
      this.#entries = this.#entries.filter((_, index) => index % 2 === 0);
      this.#step *= 2;
    }
    this.#entries.push({ offset, at });
  }

  /** Keeps the entry that says when the byte at `offset` came. */
  forgetBefore(offset: number): void {
    const second = this.#entries[1];
    // Cheap in the common case; evictions come with every chunk of a full ring.
    if (second !== undefined && second.offset <= offset) {
      this.#entries.splice(0, this.#indexAt(offset));
    }
  }

  /** The entries that tell about the bytes of `start` … `end`; the first is moved up to `start`. */
  between(start: number, end: number): readonly ArrivalTime[] {
    if (start === end) {
      return [];
    }
    const from = this.#indexAt(start);
    const within: ArrivalTime[] = [];
    for (let index = from; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined || entry.offset >= end) {
        break;
      }
      within.push(entry.offset < start ? { offset: start, at: entry.at } : entry);
    }
    return within;
  }

  /** Index of the last entry at or before `offset`; 0 when there is none. */
  #indexAt(offset: number): number {
    let low = 0;
    let high = this.#entries.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#entries[middle]?.offset ?? Infinity) <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
