import { setTimeout as pause } from 'node:timers/promises';
import type { SandboxedChild } from '../../os/child/child.ts';
import type { SpawnSpec } from '../../os/child/spawn.ts';
import type { DiskUse } from '../../os/disk/disk-meter.ts';
import type { PrincipalStorage, StorageProgram, StorageUse } from '../../os/files/principal-storage.ts';
import { STORAGE_ENTRIES_FACTOR, STORAGE_START_LOOK_MS, STORAGE_TICK_MS } from '../limits.ts';
import {
  isOver,
  nextAskedLook,
  nextStorageLook,
  overQuota,
  totalUse,
  uncounted,
  whoGrew,
  type LookTime,
  type StorageQuota,
} from './storage-quota.ts';
import { whileFrozen } from './while-frozen.ts';

/** A program that is to be started. */
export interface StoringProgram {
  readonly owner: { readonly capsule: string; readonly principal: string };
  /** Called when it must not go on, perhaps more than once: its principal is over the quota, by its doing or nobody knows whose. */
  readonly onExceeded: () => void;
}

export interface StorageWatchOptions {
  readonly storage: Pick<PrincipalStorage, 'look' | 'diskUse'>;
  readonly quotaOf: (principal: string) => StorageQuota;
}

interface Running extends StorageProgram, Pick<StoringProgram, 'onExceeded'> {
  readonly child: Pick<SandboxedChild, 'look' | 'signal'>;
  /** Beside its workspace: of the principal's home perhaps. */
  readonly hasWritableFolders: boolean;
}

interface Known extends LookTime {
  readonly use: StorageUse;
  /** The whole disk when the look began. */
  readonly disk: DiskUse | null;
}

interface Principal {
  readonly name: string;
  readonly programs: Set<Running>;
  /** Starts under way. */
  starting: number;
  /** A program has run since the last look began. */
  unseen: boolean;
  known: Known | null;
  /** The least that the disk held beside what was counted, see `uncounted`. */
  least: number | null;
  /** A look that has not begun yet. */
  waiting: Promise<void> | null;
  looking: Promise<void>;
  isLooking: boolean;
}

/** For what has no disk of its own to protect. */
export const UNLIMITED_STORAGE: Pick<StorageWatch, 'start'> = { start: (_, spec, spawn) => spawn(spec) };

/**
 * Keeps what each principal's programs put on the disk within its quota: no start over it, and while its programs run, those that
 * grow beyond it are ended. Between two looks they can write more, see `nextStorageLook`.
 */
export class StorageWatch {
  readonly #storage: StorageWatchOptions['storage'];
  readonly #quotaOf: StorageWatchOptions['quotaOf'];
  readonly #principals = new Map<string, Principal>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ storage, quotaOf }: StorageWatchOptions) {
    this.#storage = storage;
    this.#quotaOf = quotaOf;
  }

  /**
   * Starts a program, and watches what its principal has on the disk until it has ended.
   *
   * @throws ProcessError `disk-quota`, or `OsError` `spawn-failed` when nobody could look; or what `spawn` rejects with
   */
  async start(
    { owner, onExceeded }: StoringProgram,
    spec: SpawnSpec,
    spawn: (spec: SpawnSpec) => Promise<SandboxedChild>,
  ): Promise<SandboxedChild> {
    const principal = this.#principal(owner.principal);
    principal.starting += 1;
    try {
      await this.#admit(principal);
      const child = await spawn(spec);
      const running: Running = {
        capsule: owner.capsule,
        child,
        tree: () => child.tree(),
        hasWritableFolders: (spec.folders ?? []).some(({ value }) => value.access === 'write'),
        onExceeded,
      };
      principal.programs.add(running);
      principal.unseen = true;
      void child.exited.then(() => {
        principal.programs.delete(running);
        this.#forget(principal);
      });
      this.#schedule();
      return child;
    } finally {
      principal.starting -= 1;
      this.#forget(principal);
    }
  }

  async #admit(principal: Principal): Promise<void> {
    const quota = this.#quotaOf(principal.name);
    const { known } = principal;
    const isRecent = known !== null && now() < nextAskedLook(known);
    const isLong = known !== null && known.tookMs > STORAGE_START_LOOK_MS;
    if (known !== null && (isRecent || isLong) && !isOver(known.use, quota)) {
      // A long look is taken beside the start, by the watch.
      return;
    }
    await this.#look(principal);
    const use = principal.known?.use;
    if (use !== undefined && isOver(use, quota)) {
      throw overQuota(principal.name, use, quota);
    }
  }

  /** A look that begins after this call, shared with whoever else waits for one. */
  #look(principal: Principal): Promise<void> {
    principal.waiting ??= this.#lookInTurn(principal);
    return principal.waiting;
  }

  async #lookInTurn(principal: Principal): Promise<void> {
    const { known, looking } = principal;
    await looking;
    const wait = known === null ? 0 : nextAskedLook(principal.known ?? known) - now();
    if (wait > 0) {
      await pause(wait);
    }
    principal.waiting = null;
    const look = this.#measure(principal);
    principal.isLooking = true;
    principal.looking = look
      .catch(() => undefined)
      .then(() => {
        principal.isLooking = false;
      });
    await look;
  }

  async #measure(principal: Principal): Promise<void> {
    const before = principal.known?.use ?? null;
    const beganAt = now();
    principal.unseen = principal.programs.size > 0;
    const disk = await this.#storage.diskUse();
    const use = await this.#lookTwice(principal, disk);
    const endedAt = now();
    principal.known = { use, disk, endedAt, tookMs: endedAt - beganAt };
    const quota = this.#quotaOf(principal.name);
    if (isOver(use, quota)) {
      const grown = whoGrew(use, before, quota);
      endEach(
        principal,
        ({ capsule, hasWritableFolders }) =>
          grown.all || grown.capsules.has(capsule) || (grown.home && hasWritableFolders),
      );
    }
  }

  /**
   * A program may move its files so that a look misses them, or have them open where nobody can see it. Then the disk grows by what
   * nobody has counted. When that is more than the quota, the look is taken again while the programs stand still; those that still
   * hide what they have open are ended.
   */
  async #lookTwice(principal: Principal, disk: DiskUse | null): Promise<StorageUse> {
    const quota = this.#quotaOf(principal.name);
    const programs = [...principal.programs];
    const look = (): Promise<StorageUse> =>
      this.#storage.look({
        ...{ principal: principal.name, programs, maxEntries: quota.entries * STORAGE_ENTRIES_FACTOR },
        long: (principal.known?.tookMs ?? 0) > STORAGE_START_LOOK_MS,
      });
    const use = await look();
    const others = uncounted(disk, use);
    const { least } = principal;
    if (others === null || least === null || others - least <= quota.bytes) {
      principal.least = others === null ? least : Math.min(others, least ?? others);
      return use;
    }
    endEach(principal, ({ capsule }) => use.hidden.has(capsule));
    const certain = use.unsteady
      ? await whileFrozen(
          programs.map(({ child }) => child),
          look,
        )
      : use;
    // Whatever else has grown is certainly not theirs.
    principal.least = uncounted(disk, certain);
    return certain;
  }

  /** No more looks. The programs must have ended. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#principals.clear();
  }

  #schedule(): void {
    if ([...this.#principals.values()].some(({ unseen }) => unseen) && this.#timer === undefined) {
      this.#timer = setTimeout(() => void this.#tick(), STORAGE_TICK_MS).unref();
    }
  }

  async #tick(): Promise<void> {
    const disk = await this.#storage.diskUse();
    for (const principal of this.#principals.values()) {
      const { unseen, known, waiting, isLooking, name } = principal;
      if (unseen && waiting === null && !isLooking && isDue(known, disk, this.#quotaOf(name))) {
        // A thread that was lost is there again at the next look.
        this.#look(principal).catch(() => undefined);
      }
    }
    this.#timer = undefined;
    this.#schedule();
  }

  #principal(name: string): Principal {
    const found = this.#principals.get(name) ?? {
      name,
      programs: new Set(),
      starting: 0,
      unseen: false,
      known: null,
      least: null,
      waiting: null,
      looking: Promise.resolve(),
      isLooking: false,
    };
    this.#principals.set(name, found);
    return found;
  }

  /** What takes long to look at is kept for the next start. */
  #forget({ name, programs, starting, known }: Principal): void {
    if (programs.size === 0 && starting === 0 && (known?.tookMs ?? 0) <= STORAGE_START_LOOK_MS) {
      this.#principals.delete(name);
    }
  }
}

function endEach({ programs }: Principal, isOne: (program: Running) => boolean): void {
  [...programs].filter(isOne).forEach(({ onExceeded }) => onExceeded());
}

function isDue(known: Known | null, disk: DiskUse | null, quota: StorageQuota): boolean {
  if (known === null) {
    return true;
  }
  const used = totalUse(known.use);
  const left = { bytes: quota.bytes - used.bytes, entries: quota.entries - used.entries };
  const grown =
    disk === null || known.disk === null
      ? { bytes: 0, entries: 0 }
      : { bytes: disk.bytes - known.disk.bytes, entries: disk.entries - known.disk.entries };
  return now() >= nextStorageLook(known, grown, left);
}

function now(): number {
  return performance.now();
}
