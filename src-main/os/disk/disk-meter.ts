import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import type { Dispose } from '../../base/disposable.ts';
import { BLOCK_BYTES, CLOCK_LAG_MS, MAX_FOLDER_DEPTH, MAX_LISTED_FOLDER_BYTES, O_PATH } from '../limits.ts';

/** What some files take of a disk. */
export interface DiskUse {
  /** Allocated, so that of a file with holes only what was written counts, and of an empty one nothing. */
  readonly bytes: number;
  /** Files, folders, links: everything with an inode of its own. */
  readonly entries: number;
}

/**
 * Measures folders whose owner may change everything below them meanwhile: from each folder, held open, to what it holds, so that
 * nothing that is put in the place of a folder leads anywhere else. Links are counted and not followed, and a file with several names
 * counts where it is met first. 6 µs for each entry; one
 * descriptor for each level. Linux only. What is
 * moved from a folder that is still to come into one that was read is missed, and `unsteady` says that it may have been.
 */
export class DiskMeter {
  readonly #counted = new Set<string>();
  readonly #maxEntries: number;
  #entries = 0;
  #problem: string | null = null;
  #unsteady = false;

  /** @param maxEntries all folders together; a look is broken off there */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** Why there is more than was counted, or may be: a sentence for people. Null when everything was. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Something left a folder before that was read: it may be in one that was read already, and have been missed. */
  get unsteady(): boolean {
    return this.#unsteady;
  }

  /** What a folder and everything below it takes, without itself; a folder that is not there takes nothing. */
  measure(folder: string): DiskUse {
    // Its own name is no program's to change, and may be a link of the operator's.
    const fd = openFolder(folder, 0);
    return fd === null ? NOTHING : this.#walk(fd, 1, Date.now() - CLOCK_LAG_MS);
  }

  /** @param identity of a file that may be met again; it counts once */
  count(bytes: number, identity: string | null): DiskUse {
    if (this.#problem !== null || (identity !== null && this.#counted.has(identity))) {
      return NOTHING;
    }
    if (identity !== null) {
      this.#counted.add(identity);
    }
    this.#entries += 1;
    if (this.#entries > this.#maxEntries) {
      this.#problem = `There are more than ${String(this.#maxEntries)} files and folders.`;
    }
    return { bytes, entries: 1 };
  }

  /** Closes `fd`. */
  #walk(fd: number, depth: number, beganAt: number): DiskUse {
    try {
      const facts = fstatSync(fd);
      // A program can set every time of a folder but this.
      this.#unsteady ||= facts.ctimeMs >= beganAt;
      if (depth > MAX_FOLDER_DEPTH || facts.size > MAX_LISTED_FOLDER_BYTES) {
        return this.#fail(fd, depth > MAX_FOLDER_DEPTH ? 'is nested too deeply' : 'has too many entries');
      }
      const restore = makeReadable(fd, facts);
      try {
        return this.#add(fd, depth, beganAt);
      } finally {
        void restore();
      }
    } catch (error) {
      if (OURS.has(codeOf(error))) {
        throw error;
      }
      return this.#fail(fd, `cannot be read (${codeOf(error)})`);
    } finally {
      closeSync(fd);
    }
  }

  #add(fd: number, depth: number, beganAt: number): DiskUse {
    const folders: Buffer[] = [];
    let [bytes, entries] = [0, 0];
    const add = (use: DiskUse): void => {
      bytes += use.bytes;
      entries += use.entries;
    };
    // As bytes, one for each character: names need not be text.
    for (const name of readdirSync(inside(fd), 'latin1')) {
      const path = Buffer.from(`${inside(fd)}/${name}`, 'latin1');
      const facts = this.#problem === null ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
      this.#unsteady ||= facts === undefined;
      if (facts !== undefined) {
        const isFolder = facts.isDirectory();
        add(this.count(facts.blocks * BLOCK_BYTES, isFolder || facts.nlink < 2 ? null : identityOf(path)));
        folders.push(...(isFolder ? [path] : []));
      }
    }
    for (const path of folders) {
      const inner = this.#problem === null ? openFolder(path) : null;
      this.#unsteady ||= inner === null;
      add(inner === null ? NOTHING : this.#walk(inner, depth + 1, beganAt));
    }
    return { bytes, entries };
  }

  #fail(fd: number, why: string): DiskUse {
    this.#problem ??= `The folder ${whereIs(fd)} ${why}.`;
    return NOTHING;
  }
}

const NOTHING: DiskUse = { bytes: 0, entries: 0 };

/** Which file it is; null when it has gone. */
export function identityOf(path: string | Buffer): string | null {
  // Inodes need not fit into a number.
  const facts = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return facts === undefined ? null : `${String(facts.dev)}:${String(facts.ino)}`;
}

/** Null for what has gone or is no folder any more. */
function openFolder(path: string | Buffer, follow: number = constants.O_NOFOLLOW): number | null {
  try {
    return openSync(path, O_PATH | constants.O_DIRECTORY | follow);
  } catch (error) {
    if (GONE.has(codeOf(error))) {
      return null;
    }
    throw error;
  }
}

/** The host has run out of something, which says nothing of a folder. */
const OURS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);
const READABLE = constants.S_IRUSR | constants.S_IXUSR;
const PERMISSIONS = 0o7777;

/**
 * A program may take the right to read a folder from its owner, who is the host's user as well, to hide what is in it: given back
 * as long as it is read.
 */
function makeReadable(fd: number, { mode, uid }: Stats): Dispose {
  const before = mode & PERMISSIONS;
  const readable = before | READABLE;
  if (uid !== process.getuid?.() || before === readable) {
    return () => undefined;
  }
  chmodSync(inside(fd), readable);
  return () => {
    // Unless the program has set others meanwhile.
    if ((fstatSync(fd).mode & PERMISSIONS) === readable) {
      chmodSync(inside(fd), before);
    }
  };
}

/** The folder of an open descriptor, wherever it lies by now. */
function inside(fd: number): string {
  return `/proc/self/fd/${String(fd)}`;
}

/** Its path where that can be told: one may be longer than a path can be. */
function whereIs(fd: number): string {
  try {
    return JSON.stringify(readlinkSync(inside(fd)));
  } catch {
    return 'of the longest path';
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
