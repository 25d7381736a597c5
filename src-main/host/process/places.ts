import { isAbsolute } from 'node:path';
import { homePart, type FoundProgram, type GrantedPaths } from '../../os/files/granted-paths.ts';
import { isWithin } from '../../os/sandbox/spec/check.ts';
import { resolveInside } from '../../os/files/workspaces.ts';
import { coversHome, filePlaces, type FilePlace } from '../../policy/file-places.ts';
import { pinnedPath, type ResolvedEntries, type ResolvedEntry } from '../../policy/resolved-entry.ts';
import type { ErrorCode } from '../generated/astrid-process-1-1-0.ts';
import type { Call } from '../pipeline/host-function.ts';
import type { CheckedRequest, NamedFolder } from './request.ts';
import { WitError } from '../pipeline/wit-error.ts';

/** What turns names in grants and requests into paths of this machine. */
export interface PlaceServices {
  /** Canonical path of the workspace of a principal and capsule; made when it is not there. */
  readonly openWorkspace: (principal: string, capsule: string) => Promise<string>;
  /** Canonical path of a principal's home folder; made when it is not there. */
  readonly openHome: (principal: string) => Promise<string>;
  readonly paths: GrantedPaths;
  readonly resolved: ResolvedEntries;
}

/** What a child sees beside the system, and where it starts. */
export interface ProcessPlaces {
  readonly workspace: string;
  readonly readOnly: readonly string[];
  readonly writable: readonly string[];
  readonly cwd: string;
  /** Real path for `HOME`, when the request names a part of the home folder. */
  readonly home: string | null;
}

/**
 * The folders of a request and those that the capsule's grants open.
 *
 * @throws WitError `capability-denied` for a part of the home folder that is not granted, and for a granted path
 *   that leads elsewhere than when it was granted; `OsError` for a folder that is not there
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
  const opened: Opened[] = [];
  for (const place of places) {
    const path =
      place.root === 'home' ? await openHomePart(home, place) : await openOnMachine(services, call, place);
    opened.push(...(path === null ? [] : [{ path, access: place.access }]));
  }
  const folders = outermost(opened, workspace);
  const find = (folder: NamedFolder): Promise<string> =>
    folder.root === 'home' ? findInHome(home, folder.path, call) : resolveInside(workspace, folder.path);
  return {
    workspace,
    readOnly: folders.filter(({ access }) => access === 'read').map(({ path }) => path),
    writable: folders.filter(({ access }) => access === 'write').map(({ path }) => path),
    cwd: await find(request.cwd),
    home: request.home === null ? null : await find(request.home),
  };
}

/**
 * The program of a request: it must be the one that was granted. The gate has let the command pass already; here it is
 * held to the list once more, since what is pinned below counts as granted from then on.
 *
 * @throws WitError `capability-denied` when the name is not granted or leads elsewhere now; `OsError` when there is no
 *   such program
 */
export async function openProgram(
  services: Pick<PlaceServices, 'paths' | 'resolved'>,
  call: Call,
  command: string,
  places: ProcessPlaces,
): Promise<FoundProgram> {
  if (!call.rights.host_process.includes(command)) {
    throw new WitError<ErrorCode>(
      { tag: 'capability-denied' },
      { reason: `${command} is not an entry of host_process` },
    );
  }
  const found = await services.paths.program(command, places);
  // A path into the workspace names whatever the capsule's own programs put there; there is nothing to hold it to.
  if (!command.includes('/') || isAbsolute(command)) {
    await requirePinned(services, call, { kind: 'program', asked: command, real: found.real, note: '' });
  }
  return found;
}

interface Opened {
  readonly path: string;
  readonly access: FilePlace['access'];
}

async function openOnMachine(services: PlaceServices, call: Call, place: FilePlace): Promise<string | null> {
  const { real } = await services.paths.folder(place.path, place.access);
  if (real === null) {
    return null;
  }
  await requirePinned(services, call, { kind: 'folder', asked: place.entry, real, note: '' });
  return place.path;
}

function openHomePart(home: string, { path, access, entry }: FilePlace): Promise<string | null> {
  return homePart(home, path, access === 'write' && entry.endsWith('/'));
}

/** A name leads where it did at the grant; one that led nowhere then is fixed now, and recorded. */
async function requirePinned(
  { resolved }: Pick<PlaceServices, 'resolved'>,
  call: Call,
  entry: ResolvedEntry & { readonly real: string },
): Promise<void> {
  const { kind, asked, real } = entry;
  if (pinnedPath(resolved.of(call.capsule), kind, asked) === null) {
    await resolved.pin(call.capsule, call.principal, entry);
  }
  const pinned = pinnedPath(resolved.of(call.capsule), kind, asked);
  if (pinned !== real) {
    throw new WitError<ErrorCode>(
      { tag: 'capability-denied' },
      {
        reason: `${asked} leads to ${real} and was granted as ${pinned ?? 'nothing'}; install the capsule again to allow it`,
      },
    );
  }
}

/**
 * Without what lies in a writable folder or in another read-only one already: mounting it again would follow
 * whatever a running child has put at its name by then.
 */
function outermost(opened: readonly Opened[], workspace: string): readonly Opened[] {
  const all: readonly Opened[] = [{ path: workspace, access: 'write' }, ...opened];
  const covers = (outer: Opened, inner: Opened): boolean =>
    isWithin(inner.path, outer.path) && (outer.access === 'write' || inner.access === 'read');
  return opened.filter(
    (one, at) =>
      // Of two that say the same the first stays.
      !all.some(
        (other, before) => other !== one && covers(other, one) && (before <= at || !covers(one, other)),
      ),
  );
}

async function findInHome(home: string, path: string, { rights }: Call): Promise<string> {
  const granted = (part: string): void => {
    if (!coversHome(rights, part)) {
      throw new WitError<ErrorCode>(
        { tag: 'capability-denied' },
        { reason: `fs_read does not cover home://${part}` },
      );
    }
  };
  granted(path);
  const real = await resolveInside(home, path);
  // A link inside the home must not lead to a part of it that was not granted.
  granted(real.slice(home.length + 1));
  return real;
}
