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
  /** How often its capsule's name had been given up when it was added. */
  readonly installation: number;
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
  /** How often a capsule's name was given up: a name belongs to one installation after the other. */
  readonly #installations = new Map<string, number>();

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
    const installation = this.#installationOf(process.owner.capsule);
    this.#byKey.set(process.key, { process, mark, installation });
  }

  /**
   * The capsule was removed: what it left belongs to nobody any more, though the window still shows it. Whatever is
   * installed under that name later is another owner.
   */
  giveUp(capsule: string): void {
    this.#installations.set(capsule, this.#installationOf(capsule) + 1);
  }

  /** Whether the asker is who started the process: the same installation of the same capsule, for the same principal. */
  isOwn(process: ManagedProcess, { capsule, principal }: Asker): boolean {
    const { owner } = process;
    return (
      owner.capsule === capsule &&
      owner.principal === principal &&
      this.#byKey.get(process.key)?.installation === this.#installationOf(capsule)
    );
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
    const installation = String(this.#installationOf(capsule));
    return this.#hash.digest('owner', idBytes(id), capsule, principal, installation);
  }

  #installationOf(capsule: string): number {
    return this.#installations.get(capsule) ?? 0;
  }
}
