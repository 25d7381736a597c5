import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { OsError } from '../os-error.ts';
import { openPath, type PathHandle } from './path-handle.ts';

let mint: (handle: PathHandle) => Workspace;

/** A folder that the host made for one principal and capsule: the one place that a start opens and no gate is asked for. */
export class Workspace {
  readonly #handle: PathHandle;

  private constructor(handle: PathHandle) {
    this.#handle = handle;
  }

  static {
    mint = (handle) => new Workspace(handle);
  }

  /** Whoever opened the workspace closes it. */
  get handle(): PathHandle {
    return this.#handle;
  }

  /** Canonical. */
  get path(): string {
    return this.#handle.path;
  }
}

/** The folders that capsules work in: one for each principal and capsule, kept when a capsule is removed. */
export class Workspaces {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** A workspace; it is made when it is not there. Throws `OsError` `path-invalid` for what is no folder. */
  async open(principal: string, capsule: string): Promise<Workspace> {
    const folder = join(this.#root, principal, capsule);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await openPath(folder);
    if (typeof handle === 'string') {
      throw invalid(folder);
    }
    if (!handle.isFolder) {
      handle.close();
      throw invalid(folder);
    }
    return mint(handle);
  }

  /** The workspaces that a principal has, by capsule. */
  async of(principal: string): Promise<ReadonlyMap<string, string>> {
    const folder = join(this.#root, principal);
    const capsules = await readdir(folder).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return [];
      }
      throw error;
    });
    return new Map(capsules.map((capsule) => [capsule, join(folder, capsule)]));
  }
}

/** A home folder for each principal, shared by its capsules as far as they are granted parts of it (`home://`). */
export class Homes {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Where a principal's home is, or would be. */
  of(principal: string): string {
    return join(this.#root, principal);
  }

  /** The canonical path of a principal's home; it is made when it is not there. */
  async open(principal: string): Promise<string> {
    const folder = this.of(principal);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return realpath(folder);
  }
}

/**
 * A folder inside `root`, with symbolic links followed.
 *
 * @param path relative to `root`, `/` between names; empty is `root` itself
 * @throws OsError `path-escape` for an absolute path, `..` or a link that leads out; `path-invalid` when
 *   there is no such folder
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw escape(path);
  }
  const resolved = await realpath(join(root, path)).catch((cause: unknown) => {
    throw invalid(path, cause);
  });
  if (resolved !== root && !resolved.startsWith(root + sep)) {
    throw escape(path);
  }
  if (!(await stat(resolved)).isDirectory()) {
    throw invalid(path);
  }
  return resolved;
}

function escape(path: string): OsError {
  return new OsError(
    'path-escape',
    `${JSON.stringify(path)} leads outside its base folder.`,
    'Use a folder inside it.',
  );
}

function invalid(path: string, cause?: unknown): OsError {
  return new OsError('path-invalid', `${JSON.stringify(path)} is not a folder.`, 'Create the folder first.', {
    cause,
  });
}
