import type { Handle } from '../generated/handle.ts';
import { GuestTrap } from './wit-error.ts';

/**
 * Handles that one instance may hold at a time. A guest that leaks handles ends at this number
 * instead of filling the host's memory; the contract allows 128 subscriptions and 256 pollables a poll.
 */
export const MAX_HANDLES = 4_096;

interface Entry {
  readonly resource: string;
  readonly value: unknown;
  readonly dispose: () => void;
  readonly ends: () => string | null;
}

/** What somebody's dropped handle put an end to; the drop is then an act, for the audit. */
export interface EndedByDrop {
  readonly resource: string;
  /** On what, as an audit record says it. */
  readonly target: string;
}

/**
 * The resources that one instance holds: numbers on the wire, typed entries here. Dropping is this
 * table's job alone; ending the instance disposes whatever is left.
 */
export class HandleTable {
  readonly #entries = new Map<number, Entry>();
  #next = 1;

  get size(): number {
    return this.#entries.size;
  }

  /** How many handles of one resource the instance holds. */
  count(resource: string): number {
    let found = 0;
    for (const entry of this.#entries.values()) {
      found += entry.resource === resource ? 1 : 0;
    }
    return found;
  }

  /**
   * @param ends what dropping the handle would put an end to at that moment, for the audit; null for nothing
   * @throws GuestTrap when the table is full; `dispose` has then run already.
   */
  insert<R extends string>(
    resource: R,
    value: unknown,
    dispose: () => void,
    ends: () => string | null = () => null,
  ): Handle<R> {
    if (this.#entries.size >= MAX_HANDLES) {
      dispose();
      throw new GuestTrap(
        `The instance holds ${MAX_HANDLES} handles already; drop some before asking for more.`,
      );
    }
    const handle = this.#next++;
    this.#entries.set(handle, { resource, value, dispose, ends });
    return handle as Handle<R>;
  }

  /**
   * @throws GuestTrap for a number that is no live handle of this resource. `guard` proves the type of
   *   what the host itself put in.
   */
  get<R extends string, T>(resource: R, handle: Handle<R>, guard: (value: unknown) => value is T): T {
    const entry = this.#entries.get(handle);
    if (entry === undefined || entry.resource !== resource || !guard(entry.value)) {
      throw new GuestTrap(`${String(handle)} is not a live handle of ${resource}.`);
    }
    return entry.value;
  }

  /** What it ended, if anything. Dropping an unknown number does nothing: the instance may already be on its way out. */
  drop(handle: number): readonly EndedByDrop[] {
    const entry = this.#entries.get(handle);
    if (entry === undefined) {
      return [];
    }
    this.#entries.delete(handle);
    const target = entry.ends();
    entry.dispose();
    return target === null ? [] : [{ resource: entry.resource, target }];
  }

  /** Drops all, newest first. What they ended. */
  dispose(): readonly EndedByDrop[] {
    return [...this.#entries.keys()].reverse().flatMap((handle) => this.drop(handle));
  }
}
