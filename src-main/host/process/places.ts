import { isAbsolute } from 'node:path';
import { closed, opened } from '../../base/leaks.ts';
import { openHomePart, type GrantedPaths } from '../../os/files/granted-paths.ts';
import type { Opened } from '../../os/files/opened.ts';
import type { PathHandle } from '../../os/files/path-handle.ts';
import { resolveInside, type Workspace } from '../../os/files/workspaces.ts';
import { isWithin } from '../../os/sandbox/spec/check.ts';
import { filePlaces, type FilePlace } from '../../policy/file-places.ts';
import type { Allowed } from '../../policy/gate.ts';
import type { Folder, Program } from '../../policy/need.ts';
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
  /** Their descriptors are needed no more: the start is over. */
  readonly close: () => void;
}

/**
 * The folders of a request and those that the capsule's grants open, each held open until `close`.
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
  const handles: PathHandle[] = [workspace.handle];
  const close = (): void => {
    closed(handles);
    handles.forEach((handle) => handle.close());
  };
  opened(handles);
  try {
    return { ...(await placesOf(services, call, request, workspace, handles)), workspace, close };
  } catch (error) {
    close();
    throw error;
  }
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

/** @param handles gets what is opened, for whoever closes it */
async function placesOf(
  services: PlaceServices,
  call: Call,
  request: Pick<CheckedRequest, 'cwd' | 'home'>,
  workspace: Workspace,
  handles: PathHandle[],
): Promise<Pick<ProcessPlaces, 'folders' | 'cwd' | 'home'>> {
  const needsHome = [request.cwd, request.home].some((folder) => folder?.root === 'home');
  const places = filePlaces(call.rights);
  const home =
    needsHome || places.some(({ root }) => root === 'home') ? await services.openHome(call.principal) : '';
  const folders: Allowed<Folder<PathHandle>>[] = [];
  for (const place of places) {
    const held = await (place.root === 'home' ? inHome(home, place) : onMachine(services, place));
    if (held !== null) {
      handles.push(held);
      const { access, entry, root } = place;
      const path = root === 'home' ? held.path : place.path;
      const need = { kind: 'folder', entry, access, path, held, pinned: root === 'machine' } as const;
      folders.push(await call.gate.require(need));
    }
  }
  const find = async ({ root, path }: NamedFolder): Promise<string> => {
    if (root === 'shared') {
      await call.gate.require({ kind: 'shared' });
    }
    return root === 'home' ? findInHome(home, path, call) : resolveInside(workspace.path, path);
  };
  return {
    folders: outermost(folders, workspace),
    cwd: await find(request.cwd),
    home: request.home === null ? null : await find(request.home),
  };
}

async function onMachine({ paths }: PlaceServices, { path, access }: FilePlace): Promise<PathHandle | null> {
  return (await paths.open(path, access)).handle;
}

function inHome(home: string, { path, access, entry }: FilePlace): Promise<PathHandle | null> {
  return openHomePart(home, path, access === 'write' && entry.endsWith('/'));
}

/**
 * Without what lies in a writable folder or in another read-only one already: mounting it again would follow
 * whatever a running child has put at its name by then.
 */
function outermost(
  folders: readonly Allowed<Folder<PathHandle>>[],
  { path, handle }: Workspace,
): readonly Allowed<Folder<PathHandle>>[] {
  const all: readonly Folder[] = [
    { path, access: 'write', held: handle },
    ...folders.map(({ value }) => value),
  ];
  const covers = (outer: Folder, inner: Folder): boolean =>
    isWithin(inner.path, outer.path) && (outer.access === 'write' || inner.access === 'read');
  return folders.filter(
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
