import { mkdir, realpath, stat } from 'node:fs/promises';
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
import { resolveProgram, type Places } from './spawn-program.ts';
import { readSystemView, type SystemView } from '../sandbox/spec/system-view.ts';

/** Where a granted name leads on this machine, or why nowhere. */
export type Found =
  { readonly real: string; readonly note: '' } | { readonly real: null; readonly note: string };

/** A program as it is started (`path`, which keeps its name) and where it really lies. */
export interface FoundProgram {
  readonly path: string;
  readonly real: string;
}

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

  /** Whether an absolute path may be opened to programs, and where it really lies. Never rejects. */
  async folder(path: string, access: 'read' | 'write'): Promise<Found> {
    const real = await realpath(path).catch(() => null);
    if (real === null) {
      return nowhere((await this.#whyPrivate([path])) ?? 'not found on this machine');
    }
    const entry = await stat(real).catch(() => null);
    if (entry === null || !(entry.isFile() || entry.isDirectory())) {
      return nowhere('neither a folder nor a regular file');
    }
    const system = [...SYSTEM_FOLDERS, '/etc'].some((own) => isWithin(real, own));
    if (access === 'write' && system) {
      return nowhere('never writable for programs: it is a system folder');
    }
    const problem = await this.#whyPrivate([path, real]);
    return problem === null ? { real, note: '' } : nowhere(problem);
  }

  /**
   * The program that `command` means to a process in `cwd` with what is opened to it.
   *
   * @throws OsError `program-not-found` or `invalid-spawn`
   */
  async program(command: string, cwd: string, opened: Opened): Promise<FoundProgram> {
    return this.#find(command, { ...openedPaths(opened), cwd });
  }

  /** The same for an entry of a manifest, before there is a workspace. Never rejects. */
  async entry(command: string, places: Places): Promise<Found> {
    try {
      const { real } = await this.#find(command, places);
      return { real, note: '' };
    } catch (error) {
      return nowhere(error instanceof OsError ? 'not found on this machine' : String(error));
    }
  }

  async #find(command: string, places: Places): Promise<FoundProgram> {
    this.#view ??= readSystemView();
    const path = await resolveProgram(command, places, await this.#view);
    return { path, real: await realpath(path) };
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
 * A granted part of a home folder, or null when it is not there, or not where it says: programs can write links.
 *
 * @param path relative to `home`, without `.` and doubled slashes
 * @param create makes one folder directly below `home` when there is nothing of that name
 */
export async function homePart(home: string, path: string, create: boolean): Promise<string | null> {
  const wanted = path === '' ? home : join(home, path);
  if (create && !path.includes('/')) {
    // Not recursive, which might follow a link that a program put on the way.
    await mkdir(wanted, { mode: 0o700 }).catch(() => undefined);
  }
  const real = await realpath(wanted).catch(() => null);
  return real === wanted ? real : null;
}

function coversSystem(path: string): boolean {
  return SYSTEM_FOLDERS.some((own) => isWithin(own, path) && own !== path);
}

function nowhere(note: string): Found {
  return { real: null, note };
}
