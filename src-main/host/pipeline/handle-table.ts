import { closed, opened } from '../../base/leaks.ts';
import type { Handle } from '../generated/handle.ts';
import type { Resource } from './resource.ts';
import { GuestTrap } from './wit-error.ts';

export interface HandleOptions {
  /** Ends what the handle stands for, once: when it is dropped, when its parent is, or when its instance ends. */
  readonly dispose?: () => void;
  /** Called once when the number is free again; later than `dispose` where a parent went first. */
  readonly removed?: () => void;
  /** What dropping the handle would put an end to at that moment, for the audit; null for nothing. */
  readonly ends?: () => string | null;
}

interface Entry {
  readonly resource: Resource<string, unknown>;
  readonly value: unknown;
  readonly children: Set<Entry>;
  readonly ends: () => string | null;
  readonly removed: (() => void) | undefined;
  /** Null once it has run. */
  dispose: (() => void) | null;
  parent: Entry | null;
}

/** What somebody's dropped handle put an end to; the drop is then an act, for the audit. */
export interface EndedByDrop {
  readonly resource: string;
  /** On what, as an audit record says it. */
  readonly target: string;
}

/**
 * The resources that one instance holds: numbers on the wire, typed entries here. Dropping is this table's job alone;
 * ending the instance disposes whatever is left. What a dispose throws is reported and keeps nothing else from ending.
 */
export class HandleTable {
  readonly #entries = new Map<number, Entry>();
  readonly #report: (message: string, error: unknown) => void;
  #next = 1;
  #ended = false;

  constructor(report: (message: string, error: unknown) => void) {
    this.#report = report;
    opened(this);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** True once the instance has: nothing can be put in any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** @throws GuestTrap when the instance has ended; `dispose` has then run already. */
  insert<Name extends string, T>(
    resource: Resource<Name, T>,
    value: T,
    options: HandleOptions = {},
  ): Handle<Name> {
    return this.#add(resource, value, options, null);
  }

  /**
   * As `insert`, for what lives on another resource: it is disposed before its parent is. Its own handle stays until the
   * guest drops it; the value has to say of itself that it is closed.
   *
   * @throws GuestTrap as well when `parent` is no live handle
   */
  insertChild<Name extends string, T>(
    parent: number,
    resource: Resource<Name, T>,
    value: T,
    options: HandleOptions = {},
  ): Handle<Name> {
    const owner = this.#entries.get(parent);
    if (owner === undefined) {
      this.#refuse(options);
      throw new GuestTrap(`${parent} is not a live handle.`);
    }
    return this.#add(resource, value, options, owner);
  }

  /** @throws GuestTrap for a number that is no live handle of this resource */
  get<Name extends string, T>(resource: Resource<Name, T>, handle: Handle<Name>): T {
    const entry = this.#entries.get(handle);
    if (entry?.resource !== resource) {
      throw new GuestTrap(`${handle} is not a live handle of ${resource.name}.`);
    }
    // Whoever put it in had a value of the resource's type; the object that both name is the same.
    return entry.value as T;
  }

  /** What it ended, if anything. Dropping an unknown number does nothing: the instance may already be on its way out. */
  drop(handle: number): readonly EndedByDrop[] {
    const entry = this.#entries.get(handle);
    if (entry === undefined) {
      return [];
    }
    this.#entries.delete(handle);
    entry.parent?.children.delete(entry);
    const target = this.#targetOf(entry);
    this.#dispose(entry);
    this.#end(entry.removed);
    return target === null ? [] : [{ resource: entry.resource.name, target }];
  }

  /** Drops all, newest first. What they ended. */
  dispose(): readonly EndedByDrop[] {
    this.#ended = true;
    closed(this);
    return [...this.#entries.keys()].reverse().flatMap((handle) => this.drop(handle));
  }

  #add<Name extends string, T>(
    resource: Resource<Name, T>,
    value: T,
    options: HandleOptions,
    parent: Entry | null,
  ): Handle<Name> {
    if (this.#ended) {
      this.#refuse(options);
      throw new GuestTrap('The instance has ended.');
    }
    const { dispose = null, removed, ends = () => null } = options;
    const entry: Entry = { resource, value, children: new Set(), ends, removed, dispose, parent };
    parent?.children.add(entry);
    const handle = this.#next++;
    this.#entries.set(handle, entry);
    return handle as Handle<Name>;
  }

  #refuse({ dispose, removed }: HandleOptions): void {
    this.#end(dispose);
    this.#end(removed);
  }

  #targetOf({ resource, ends }: Entry): string | null {
    try {
      return ends();
    } catch (error) {
      this.#report(`${resource.name}: could not describe what a drop ends`, error);
      return null;
    }
  }

  /** What lives on it first. */
  #dispose(entry: Entry): void {
    for (const child of [...entry.children].reverse()) {
      child.parent = null;
      this.#dispose(child);
    }
    entry.children.clear();
    const { dispose } = entry;
    entry.dispose = null;
    this.#end(dispose ?? undefined);
  }

  #end(work: (() => void) | undefined): void {
    try {
      work?.();
    } catch (error) {
      this.#report('could not dispose a dropped handle', error);
    }
  }
}
