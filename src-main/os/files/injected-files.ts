import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blake3 } from '@noble/hashes/blake3.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  ETC_ENTRIES,
  HASH_SLICE_BYTES,
  NETWORK_ETC_ENTRIES,
  RESERVED_FOLDERS,
  SYSTEM_FOLDERS,
} from '../limits.ts';
import { OsError } from '../os-error.ts';
import { isWithin } from '../sandbox/spec/check.ts';
import { openPath, type PathHandle } from './path-handle.ts';

/** Where the sandbox shows the files whose place the host picks: a folder that exists in no system view. */
export const INJECTED_FOLDER = '/run/capsule-files';

let mint: (handle: PathHandle) => InjectedFile;

/** The host's own copy of a file, which a child may be shown. */
export class InjectedFile {
  readonly #handle: PathHandle;

  private constructor(handle: PathHandle) {
    this.#handle = handle;
  }

  static {
    mint = (handle) => new InjectedFile(handle);
  }

  get handle(): PathHandle {
    return this.#handle;
  }

  get path(): string {
    return this.#handle.path;
  }
}

/** Files of one child, on disk until `remove`. */
export interface InjectedSet {
  /** In the order they were given. */
  readonly files: readonly InjectedFile[];
  /** Their descriptors are needed no more: the child has started, or never will. */
  readonly close: () => void;
  /** Closes them too. Never rejects. */
  readonly remove: () => Promise<void>;
}

/**
 * The host's own copies of files that are shown to children, below one folder that only the host can reach: a
 * child sees its copy through a read-only mount and has no other way to it.
 */
export class InjectedFiles {
  readonly #root: string;
  #ready: Promise<void> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** Removes what a crash left. Called before anything else of this folder is used; once is enough. */
  sweep(): Promise<void> {
    this.#ready ??= rm(this.#root, { recursive: true, force: true });
    return this.#ready;
  }

  /**
   * Writes the files and reads them back. Throws `OsError` `spawn-failed` when the disk does not hold what was
   * written; then nothing is left of them.
   */
  async write(contents: readonly Uint8Array[]): Promise<InjectedSet> {
    await this.sweep();
    const folder = join(this.#root, randomUUID());
    const files: InjectedFile[] = [];
    const close = (): void => files.forEach(({ handle }) => handle.close());
    const remove = (): Promise<void> => {
      close();
      return rm(folder, { recursive: true, force: true }).catch(() => {
        // Goes at the end or at the next start.
      });
    };
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const paths = contents.map((_, index) => join(folder, String(index)));
      for (const [index, path] of paths.entries()) {
        files.push(mint(await writeVerified(path, contents[index] ?? new Uint8Array())));
      }
      return { files, close, remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }

  /** Removes all that is left; every child has ended. */
  async dispose(): Promise<void> {
    await this.#ready?.catch(() => undefined);
    await rm(this.#root, { recursive: true, force: true });
  }
}

async function writeVerified(path: string, content: Uint8Array): Promise<PathHandle> {
  await writeFile(path, content, { flag: 'wx', mode: 0o600 });
  await chmod(path, 0o400);
  // Compared whole, which says at least as much as comparing hashes and takes a hundredth of the time.
  const isWhole = Buffer.compare(await readFile(path), content) === 0;
  const handle = isWhole ? await openPath(path) : 'missing';
  if (typeof handle === 'string') {
    throw new OsError(
      'spawn-failed',
      'Verification of an injected file failed.',
      'Check the disk that holds the data folder.',
    );
  }
  return handle;
}

/**
 * Why a file of the guest's must not appear at `target`, or null. What the sandbox shows of the system would be
 * replaced (a loader's list, a granted program); at, above or below an opened folder the mount point would be made
 * on the host, through whatever link a running child puts there.
 *
 * @param target absolute and normalised
 * @param opened the workspace and every folder that is opened to the child
 */
export function whyNotAt(target: string, opened: readonly string[]): string | null {
  const own = [
    ...SYSTEM_FOLDERS,
    ...RESERVED_FOLDERS,
    ...ETC_ENTRIES,
    ...NETWORK_ETC_ENTRIES,
    '/etc/ld.so.preload',
  ];
  const touches = (path: string): boolean => isWithin(path, target) || isWithin(target, path);
  const covered = ['/etc', '/tmp', '/run', '/var/tmp'].some((path) => isWithin(path, target));
  if (covered || own.some(touches) || touches(INJECTED_FOLDER)) {
    return `${target} belongs to a system folder of the sandbox`;
  }
  return opened.some(touches) ? `${target} overlaps a folder that is shared with the program` : null;
}

/** BLAKE3 of a few bytes, 64 lower-case hex digits. */
export function blake3Hex(content: Uint8Array): string {
  return bytesToHex(blake3(content));
}

/** `blake3Hex` in slices, so that megabytes do not hold up everybody else for a third of a second. */
export async function hashInSlices(content: Uint8Array): Promise<string> {
  const hasher = blake3.create();
  for (let at = 0; at < content.length; at += HASH_SLICE_BYTES) {
    hasher.update(content.subarray(at, at + HASH_SLICE_BYTES));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return bytesToHex(hasher.digest());
}
