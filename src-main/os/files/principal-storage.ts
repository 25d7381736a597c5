import type { DiskLooks } from '../disk/disk-looks.ts';
import { readDiskUse } from '../disk/disk-looks.ts';
import type { DiskUse } from '../disk/disk-meter.ts';
import type { TreeRoot } from '../trees/protocol.ts';
import type { Homes, Workspaces } from './workspaces.ts';

/** What a principal has on the disk. */
export interface StorageUse {
  /** Of each capsule: its workspace, and files without a name that its programs have open. */
  readonly capsules: ReadonlyMap<string, DiskUse>;
  /** Its home, which its capsules share. */
  readonly home: DiskUse;
  /** The capsules of which a program has files open that cannot be seen: they may be deleted, and on the disk. */
  readonly hidden: ReadonlySet<string>;
  /** What was moved from folder to folder meanwhile may have been missed. */
  readonly unsteady: boolean;
  /** Why there is more than was counted, or may be: a sentence for people. Null when everything was. */
  readonly problem: string | null;
}

/** A running program, as far as its open files matter. */
export interface StorageProgram {
  readonly capsule: string;
  /** Null when it has ended. */
  readonly tree: () => TreeRoot | null;
}

export interface StorageLook {
  readonly principal: string;
  readonly programs: readonly StorageProgram[];
  /** The look is broken off when there are more files and folders. */
  readonly maxEntries: number;
  /** The last one took long: nobody else's waits for this one. */
  readonly long: boolean;
}

/** Measures what the programs of a principal put on the operator's disk without a grant: all its workspaces, and its home. */
export class PrincipalStorage {
  readonly #looks: DiskLooks;
  readonly #workspaces: Workspaces;
  readonly #homes: Homes;
  readonly #folder: string;

  /** @param folder lies on the same disk as workspaces and homes, as far as is known */
  constructor(looks: DiskLooks, workspaces: Workspaces, homes: Homes, folder: string) {
    this.#looks = looks;
    this.#workspaces = workspaces;
    this.#homes = homes;
    this.#folder = folder;
  }

  /** Throws `OsError` `spawn-failed` when the thread was lost that looks. */
  async look({ principal, programs, maxEntries, long }: StorageLook): Promise<StorageUse> {
    const workspaces = await this.#workspaces.of(principal);
    const running = programs.flatMap(({ capsule, tree }) => {
      const root = tree();
      return root === null ? [] : [{ capsule, root }];
    });
    const { folders, trees, ...found } = await this.#looks.look(
      {
        folders: [...workspaces.values(), this.#homes.of(principal)],
        trees: running.map(({ root }) => root),
        maxEntries,
      },
      long,
    );
    const capsules = new Map<string, DiskUse>();
    const add = (capsule: string, { bytes, entries }: DiskUse = NOTHING): void => {
      const before = capsules.get(capsule) ?? NOTHING;
      capsules.set(capsule, { bytes: before.bytes + bytes, entries: before.entries + entries });
    };
    [...workspaces.keys()].forEach((capsule, index) => add(capsule, folders[index]));
    running.forEach(({ capsule }, index) => add(capsule, trees[index]));
    const hidden = running.flatMap(({ capsule }, index) => (trees[index]?.hidden ? [capsule] : []));
    return { ...found, capsules, home: folders[workspaces.size] ?? NOTHING, hidden: new Set(hidden) };
  }

  /** What everybody has put on that disk, cheaply; null when that cannot be known. */
  diskUse(): Promise<DiskUse | null> {
    return readDiskUse(this.#folder);
  }
}

const NOTHING: DiskUse = { bytes: 0, entries: 0 };
