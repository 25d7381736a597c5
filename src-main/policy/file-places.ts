import type { Capabilities } from './capabilities.ts';

/** One place outside the workspace that programs of a capsule may see. */
export interface FilePlace {
  readonly access: 'read' | 'write';
  /** `home`: below the principal's home folder; `machine`: an absolute path. */
  readonly root: 'home' | 'machine';
  /** Relative to the home folder (empty: all of it), or the absolute path without `.` and doubled slashes. */
  readonly path: string;
  /** As the manifest spells it. */
  readonly entry: string;
}

/**
 * The places that `fs_read` and `fs_write` open beyond the workspace, which a program sees whole whatever they
 * say: so `*` and `cwd://…` add nothing here. Relative entries match nothing, as in the reference.
 */
export function filePlaces(rights: Pick<Capabilities, 'fs_read' | 'fs_write'>): readonly FilePlace[] {
  return [
    ...rights.fs_read.flatMap((entry) => placeOf('read', entry)),
    ...rights.fs_write.flatMap((entry) => placeOf('write', entry)),
  ];
}

/** Whether `fs_read` covers `path` (relative, `/` between names) of the home folder, name by name. */
export function coversHome(rights: Pick<Capabilities, 'fs_read'>, path: string): boolean {
  const wanted = namesOf(path).join('/');
  return filePlaces({ fs_read: rights.fs_read, fs_write: [] }).some(
    (place) =>
      place.root === 'home' &&
      (place.path === '' || wanted === place.path || wanted.startsWith(`${place.path}/`)),
  );
}

function placeOf(access: FilePlace['access'], entry: string): readonly FilePlace[] {
  const isHome = entry.startsWith('home://');
  const rest = isHome ? entry.slice('home://'.length) : entry;
  // `home:///x` would be absolute; the manifest's reader refuses it, and so does this.
  if (rest.split('/').includes('..') || rest.includes('\0') || isHome === rest.startsWith('/')) {
    return [];
  }
  const names = namesOf(rest).join('/');
  return [{ access, root: isHome ? 'home' : 'machine', path: isHome ? names : `/${names}`, entry }];
}

function namesOf(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
