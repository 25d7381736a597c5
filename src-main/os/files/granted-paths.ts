import { mkdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  PRIVATE_HOME_ENTRIES,
  PRIVATE_MACHINE_ENTRIES,
  RESERVED_FOLDERS,
  SYSTEM_FOLDERS,
} from '../limits.ts';
import { OsError } from '../os-error.ts';
import { isWithin } from '../sandbox/spec/check.ts';
import { openedPaths, type Opened } from './opened.ts';
import { openPath, type PathHandle } from './path-handle.ts';
import { resolveProgram, type FoundProgram, type Places } from './spawn-program.ts';
import { readSystemView, type SystemView } from '../sandbox/spec/system-view.ts';

/** Where a granted name leads on this machine, or why nowhere. */
export type Found =
  { readonly real: string; readonly note: '' } | { readonly real: null; readonly note: string };

/** The same, held open: the caller closes it. */
export type OpenedGrant =
  { readonly handle: PathHandle; readonly note: '' } | { readonly handle: null; readonly note: string };

/** What names in a manifest lead to on this machine; the same answers when granting and when starting. */
export class GrantedPaths {
  readonly #private: readonly string[];
  #view: Promise<SystemView> | undefined;

  /**
   * @param dataDir the application's own folder; only workspaces and homes in it are ever opened, by the host
   * @param home the operator's
   */
  constructor(dataDir: string, home = homedir()) {
    this.#private = [
      dataDir,
      ...PRIVATE_HOME_ENTRIES.map((name) => join(home, name)),
      ...PRIVATE_MACHINE_ENTRIES,
      ...RESERVED_FOLDERS,
    ];
  }

  /**
   * Whether an absolute path may be opened to programs, and where it really lies.
   *
   * @throws OsError `spawn-failed` when nothing can be opened
   */
  async folder(path: string, access: 'read' | 'write'): Promise<Found> {
    const { handle, note } = await this.open(path, access);
    handle?.close();
    return handle === null ? nowhere(note) : { real: handle.path, note: '' };
  }

  /** `folder` for opening it: what is decided on is what was opened, whatever is put in its place. */
  async open(path: string, access: 'read' | 'write'): Promise<OpenedGrant> {
    const handle = await openPath(path);
    if (typeof handle === 'string') {
      const reason =
        handle === 'special' ? 'neither a folder nor a regular file' : 'not found on this machine';
      return { handle: null, note: (await this.#whyPrivate([path])) ?? reason };
    }
    const isSystem = [...SYSTEM_FOLDERS, '/etc'].some((own) => isWithin(handle.path, own));
    const problem =
      access === 'write' && isSystem
        ? 'never writable for programs: it is a system folder'
        : await this.#whyPrivate([path, handle.path]);
    if (problem === null) {
      return { handle, note: '' };
    }
    handle.close();
    return { handle: null, note: problem };
  }

  /**
   * The program that `command` means to a process in `cwd` with what is opened to it.
   *
   * @throws OsError `program-not-found` or `invalid-spawn`
   */
  async program(command: string, cwd: string, opened: Opened): Promise<FoundProgram> {
    return this.#find(command, { ...openedPaths(opened), cwd });
  }

  /**
   * The same for an entry of a manifest, before there is a workspace.
   *
   * @throws OsError `spawn-failed` when nothing can be opened
   */
  async entry(command: string, places: Places): Promise<Found> {
    try {
      const { real } = await this.#find(command, places);
      return { real, note: '' };
    } catch (error) {
      if (error instanceof OsError && error.code !== 'spawn-failed') {
        return nowhere('not found on this machine');
      }
      throw error;
    }
  }

  async #find(command: string, places: Places): Promise<FoundProgram> {
    this.#view ??= readSystemView();
    return resolveProgram(command, places, await this.#view);
  }

  /** Keys, the application's folder and the like: neither they nor what is around them. */
  async #whyPrivate(spellings: readonly string[]): Promise<string | null> {
    const places = await Promise.all(this.#private.map((path) => realpath(path).catch(() => path)));
    const all = [...new Set([...this.#private, ...places])];
    for (const path of spellings) {
      const found = all.find((own) => isWithin(own, path) || isWithin(path, own));
      if (found !== undefined) {
        return `never accessible to programs: ${found === path || isWithin(path, found) ? 'it is' : 'it contains'} ${found}`;
      }
    }
    return spellings.some((path) => isWithin('/tmp', path) || isWithin('/etc', path) || coversSystem(path))
      ? 'never accessible to programs: it overlaps folders that the sandbox provides'
      : null;
  }
}

/**
 * A granted part of a home folder, held open, or null when it is not there, or not where it says: programs can write links.
 *
 * @param path relative to `home`, without `.` and doubled slashes
 * @param create makes one folder directly below `home` when there is nothing of that name
 */
export async function openHomePart(home: string, path: string, create: boolean): Promise<PathHandle | null> {
  const wanted = path === '' ? home : join(home, path);
  if (create && !path.includes('/')) {
    // Not recursive, which might follow a link that a program put on the way.
    await mkdir(wanted, { mode: 0o700 }).catch(() => undefined);
  }
  const handle = await openPath(wanted);
  if (typeof handle === 'string') {
    return null;
  }
  if (handle.path === wanted) {
    return handle;
  }
  handle.close();
  return null;
}

function coversSystem(path: string): boolean {
  return SYSTEM_FOLDERS.some((own) => isWithin(own, path) && own !== path);
}

function nowhere(note: string): Found {
  return { real: null, note };
}
