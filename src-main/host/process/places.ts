import { isAbsolute } from 'node:path';
import { homePart, type GrantedPaths } from '../../os/files/granted-paths.ts';
import { isWithin } from '../../os/sandbox/spec/check.ts';
import type { Opened } from '../../os/files/opened.ts';
import { resolveInside, type Workspace } from '../../os/files/workspaces.ts';
import { filePlaces, type FilePlace } from '../../policy/file-places.ts';
import type { Allowed } from '../../policy/gate.ts';
import type { Folder, FolderNeed, Program } from '../../policy/need.ts';
import type { Call } from '../pipeline/host-function.ts';
import type { CheckedRequest, NamedFolder } from './request.ts';

/** What turns names in grants and requests into paths of this machine. */
export interface PlaceServices {
  /** The workspace of a principal and capsule; made when it is not there. */
  readonly openWorkspace: (principal: string, capsule: string) => Promise<Workspace>;
  /** Canonical path of a principal's home folder; made when it is not there. */
  readonly openHome: (principal: string) => Promise<string>;
  readonly paths: GrantedPaths;
}

/** What a child sees beside the system, and where it starts. */
export interface ProcessPlaces extends Required<Pick<Opened, 'workspace' | 'folders'>> {
  readonly cwd: string;
  /** Real path for `HOME`, when the request names a part of the home folder. */
  readonly home: string | null;
}

/**
 * The folders of a request and those that the capsule's grants open.
 *
 * @throws what the gate throws for a part of the home folder that is not granted, and for a granted path that leads
 *   elsewhere than when it was granted; `OsError` for a folder that is not there
 */
export async function openPlaces(
  services: PlaceServices,
  call: Call,
  request: Pick<CheckedRequest, 'cwd' | 'home'>,
): Promise<ProcessPlaces> {
  const workspace = await services.openWorkspace(call.principal, call.capsule);
  const needsHome = [request.cwd, request.home].some((folder) => folder?.root === 'home');
  const places = filePlaces(call.rights);
  const home =
    needsHome || places.some(({ root }) => root === 'home') ? await services.openHome(call.principal) : '';
  const opened: Allowed<Folder>[] = [];
  for (const place of places) {
    const need = await (place.root === 'home' ? inHome(home, place) : onMachine(services, place));
    if (need !== null) {
      opened.push(await call.gate.require(need));
    }
  }
  const find = async ({ root, path }: NamedFolder): Promise<string> => {
    if (root === 'shared') {
      await call.gate.require({ kind: 'shared' });
    }
    return root === 'home' ? findInHome(home, path, call) : resolveInside(workspace.path, path);
  };
  return {
    workspace,
    folders: outermost(opened, workspace),
    cwd: await find(request.cwd),
    home: request.home === null ? null : await find(request.home),
  };
}

/**
 * The program of a request: it must be the one that was granted.
 *
 * @throws what the gate throws when the name is not granted or leads elsewhere now; `OsError` when there is no such
 *   program
 */
export async function openProgram(
  services: Pick<PlaceServices, 'paths'>,
  call: Pick<Call, 'gate'>,
  command: string,
  places: ProcessPlaces,
): Promise<Allowed<Program>> {
  const { path, real } = await services.paths.program(command, places.cwd, places);
  // A path into the workspace names whatever the capsule's own programs put there; there is nothing to hold it to.
  const pinned = !command.includes('/') || isAbsolute(command);
  return call.gate.require({ kind: 'program', command, path, real, pinned });
}

async function onMachine({ paths }: PlaceServices, place: FilePlace): Promise<FolderNeed | null> {
  const { path, access, entry } = place;
  const { real } = await paths.folder(path, access);
  return real === null ? null : { kind: 'folder', entry, access, path, real };
}

async function inHome(home: string, { path, access, entry }: FilePlace): Promise<FolderNeed | null> {
  const part = await homePart(home, path, access === 'write' && entry.endsWith('/'));
  return part === null ? null : { kind: 'folder', entry, access, path: part, real: null };
}

/**
 * Without what lies in a writable folder or in another read-only one already: mounting it again would follow
 * whatever a running child has put at its name by then.
 */
function outermost(opened: readonly Allowed<Folder>[], { path }: Workspace): readonly Allowed<Folder>[] {
  const all: readonly Folder[] = [{ path, access: 'write' }, ...opened.map(({ value }) => value)];
  const covers = (outer: Folder, inner: Folder): boolean =>
    isWithin(inner.path, outer.path) && (outer.access === 'write' || inner.access === 'read');
  return opened.filter(
    ({ value: one }, at) =>
      // Of two that say the same the first stays.
      !all.some(
        (other, before) => other !== one && covers(other, one) && (before <= at || !covers(one, other)),
      ),
  );
}

async function findInHome(home: string, path: string, { gate }: Call): Promise<string> {
  await gate.require({ kind: 'home', path });
  const real = await resolveInside(home, path);
  // A link inside the home must not lead to a part of it that was not granted.
  await gate.require({ kind: 'home', path: real.slice(home.length + 1) });
  return real;
}
