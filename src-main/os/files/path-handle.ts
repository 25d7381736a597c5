import { closeSync, constants, fstat, open, type BigIntStats } from 'node:fs';
import { readlink, realpath, stat } from 'node:fs/promises';
import type { Dispose } from '../../base/disposable.ts';
import { O_PATH, OPEN_TRIES } from '../limits.ts';
import { OsError } from '../os-error.ts';
import { notStarted } from '../tool/run-tool.ts';

let mint: (path: string, facts: BigIntStats, fd: number | null) => PathHandle;

/** Which file it is, whatever its name. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** Use of a descriptor that lasts until `release`, whoever closes the handle meanwhile: its number is nobody else's. */
export interface HeldDescriptor {
  /** Null where there are no such descriptors. */
  readonly fd: number | null;
  readonly release: Dispose;
}

/**
 * A folder or file that was opened once and is meant from then on, whatever its name leads to later. Only `openPath` makes one.
 * The descriptor is of the kind `O_PATH`: it reads nothing and needs no right to. Elsewhere than on Linux there is none, and
 * the name is all that is known.
 */
export class PathHandle {
  /** Where it lay when it was opened, symbolic links followed: the name that the descriptor itself had. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly identity: FileIdentity;
  readonly #fd: number | null;
  #holders = 1;
  #isClosed = false;

  private constructor(path: string, facts: BigIntStats, fd: number | null) {
    this.path = path;
    this.isFolder = facts.isDirectory();
    this.identity = { dev: facts.dev, ino: facts.ino };
    this.#fd = fd;
  }

  static {
    mint = (path, facts, fd) => new PathHandle(path, facts, fd);
  }

  /** Throws `OsError` `spawn-failed` for one that was closed. */
  hold(): HeldDescriptor {
    if (this.#holders === 0) {
      throw new OsError('spawn-failed', `${this.path} is not open any more.`, 'Start the program again.');
    }
    this.#holders += 1;
    let isHeld = true;
    return {
      fd: this.#fd,
      release: () => {
        if (isHeld) {
          isHeld = false;
          this.#leave();
        }
      },
    };
  }

  /** Whoever opened it needs it no more. Twice is once: the number may be another file's by then. */
  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#leave();
    }
  }

  #leave(): void {
    this.#holders -= 1;
    if (this.#holders === 0 && this.#fd !== null) {
      closeSync(this.#fd);
    }
  }
}

/**
 * Opens the folder or regular file that `path` leads to. What was opened is asked where it lies: a name that was made to lead
 * elsewhere between the look at it and the opening is looked at again, a few times.
 *
 * @returns `special` for what is neither a folder nor a regular file, which is not waited for; `missing` for what is not
 *   there, may not be reached, or never stayed what it was
 * @throws OsError `spawn-failed` when nothing can be opened
 */
export async function openPath(path: string): Promise<PathHandle | 'missing' | 'special'> {
  for (let tries = 0; tries < OPEN_TRIES; tries += 1) {
    const real = await realpath(path).catch(() => null);
    if (real === null) {
      return 'missing';
    }
    const found = await (process.platform === 'linux' ? openHere(real) : lookAt(real));
    if (found !== 'moved') {
      return found;
    }
  }
  return 'missing';
}

async function openHere(real: string): Promise<PathHandle | 'missing' | 'special' | 'moved'> {
  const fd = await openDescriptor(real);
  if (fd === null) {
    return 'missing';
  }
  try {
    const [facts, name] = await Promise.all([factsOf(fd), readlink(`/proc/self/fd/${String(fd)}`)]);
    // Of a link in the last step this is the link itself.
    if (name !== real || facts.isSymbolicLink()) {
      closeSync(fd);
      return 'moved';
    }
    if (facts.isFile() || facts.isDirectory()) {
      return mint(real, facts, fd);
    }
    closeSync(fd);
    return 'special';
  } catch (error) {
    closeSync(fd);
    throw notStarted(error);
  }
}

const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']);

/** By number: a `FileHandle` may be closed by the garbage collector while another process is being started with it. */
function openDescriptor(path: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    open(path, O_PATH | constants.O_NOFOLLOW, (error, fd) => {
      if (error === null) {
        resolve(fd);
      } else if (NOT_THERE.has(error.code ?? '')) {
        resolve(null);
      } else {
        reject(notStarted(error));
      }
    });
  });
}

function factsOf(fd: number): Promise<BigIntStats> {
  return new Promise((resolve, reject) => {
    fstat(fd, { bigint: true }, (error, facts) => (error === null ? resolve(facts) : reject(error)));
  });
}

async function lookAt(real: string): Promise<PathHandle | 'missing' | 'special'> {
  const facts = await stat(real, { bigint: true }).catch(() => null);
  if (facts === null) {
    return 'missing';
  }
  return facts.isFile() || facts.isDirectory() ? mint(real, facts, null) : 'special';
}
