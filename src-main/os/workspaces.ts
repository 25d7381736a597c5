import { mkdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { OsError } from './os-error.ts';

/** The folders that capsules work in: one for each principal and capsule, kept when a capsule is removed. */
export class Workspaces {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** The canonical path of a workspace; it is made when it is not there. */
  async open(principal: string, capsule: string): Promise<string> {
    const folder = join(this.#root, principal, capsule);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return realpath(folder);
  }
}

/**
 * A folder inside `workspace`, with symbolic links followed.
 *
 * @param path relative to the workspace, `/` between names; empty is the workspace itself
 * @throws OsError `path-escape` for an absolute path, `..` or a link that leads out; `path-invalid` when
 *   there is no such folder
 */
export async function resolveInside(workspace: string, path: string): Promise<string> {
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw escape(path);
  }
  const resolved = await realpath(join(workspace, path)).catch((cause: unknown) => {
    throw invalid(path, cause);
  });
  if (resolved !== workspace && !resolved.startsWith(workspace + sep)) {
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
    `${JSON.stringify(path)} leads out of the workspace.`,
    'Name a folder inside the workspace.',
  );
}

function invalid(path: string, cause?: unknown): OsError {
  return new OsError(
    'path-invalid',
    `${JSON.stringify(path)} is no folder in the workspace.`,
    'Create the folder first.',
    { cause },
  );
}
