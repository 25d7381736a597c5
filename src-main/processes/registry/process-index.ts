import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { ManagedProcess } from '../process/managed-process.ts';
import { idBytes } from './process-id.ts';
import type { KeyedHash } from './process-id.ts';
import type { ProcessOwner } from '../process/spec.ts';

/** Who asks for a process by its id. */
export type Asker = Pick<ProcessOwner, 'capsule' | 'principal'>;

interface Indexed {
  readonly process: ManagedProcess;
  /** Of its id and owner together, or one that nothing has for a process that no guest can ask for by id. */
  readonly mark: Uint8Array;
}

/** The mark of no process. */
const NOBODY = randomBytes(32);

/**
 * Processes by key, in order of start. The id of a guest is looked up without telling, by answer or by time, whether it is
 * unknown, malformed, forgotten or somebody else's: each costs two keyed hashes of fixed length, one look into the map and
 * one comparison of 32 bytes in constant time.
 */
export class ProcessIndex {
  readonly #hash: Pick<KeyedHash, 'of' | 'digest'>;
  readonly #byKey = new Map<string, Indexed>();

  constructor(hash: Pick<KeyedHash, 'of' | 'digest'>) {
    this.#hash = hash;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** The name of an id for windows and records; there is one as well for an id that names nothing. */
  keyOf(id: string): string {
    return this.#hash.of('process', idBytes(id));
  }

  add(process: ManagedProcess): void {
    const mark = process.tier === 'persistent' ? this.#mark(process.id, process.owner) : NOBODY;
    this.#byKey.set(process.key, { process, mark });
  }

  /** False when it was not there. */
  delete(process: ManagedProcess): boolean {
    return this.#byKey.delete(process.key);
  }

  clear(): void {
    this.#byKey.clear();
  }

  has(process: ManagedProcess): boolean {
    return this.#byKey.has(process.key);
  }

  all(): readonly ManagedProcess[] {
    return [...this.#byKey.values()].map(({ process }) => process);
  }

  byKey(key: string): ManagedProcess | undefined {
    return this.#byKey.get(key)?.process;
  }

  /** The asker's own persistent process of this id. */
  find(id: string, asker: Asker): ManagedProcess | undefined {
    const indexed = this.#byKey.get(this.keyOf(id));
    const isOwn = timingSafeEqual(this.#mark(id, asker), indexed?.mark ?? NOBODY);
    return isOwn ? indexed?.process : undefined;
  }

  #mark(id: string, { capsule, principal }: Asker): Uint8Array {
    return this.#hash.digest('owner', idBytes(id), capsule, principal);
  }
}
