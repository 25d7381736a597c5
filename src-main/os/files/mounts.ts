import type { Folder } from '../../policy/need.ts';
import { isWithin } from '../sandbox/spec/check.ts';
import type { Opened } from './opened.ts';
import type { PathHandle } from './path-handle.ts';

/** One mount of a sandbox: what is held open, shown at `target`. */
export interface Mount {
  readonly handle: PathHandle;
  readonly target: string;
  readonly access: Folder['access'];
}

/** What a start mounts, outer places first, so that an inner one is laid over them whatever its kind; then injected files. */
export function mountsOf({ workspace, folders = [], injections = [] }: Opened): readonly Mount[] {
  const granted = folders.map(({ value: { path, access, held } }) => ({ path, access, handle: held }));
  const places: readonly Place[] = [
    ...granted.filter(({ access }) => access === 'read'),
    ...granted.filter(({ access }) => access === 'write'),
    { path: workspace.path, access: 'write', handle: workspace.handle },
  ];
  const placed: Placed[] = [];
  for (const place of places.toSorted((a, b) => depth(a.path) - depth(b.path))) {
    placed.push({ ...place, target: targetOf(place, placed) });
  }
  return [
    ...placed
      .toSorted((a, b) => depth(a.target) - depth(b.target))
      .map(({ handle, target, access }) => ({ handle, target, access })),
    ...injections.map(({ file, target }) => ({ handle: file.handle, target, access: 'read' as const })),
  ];
}

interface Place extends Omit<Mount, 'target'> {
  readonly path: string;
}

type Placed = Place & Pick<Mount, 'target'>;

/**
 * Where a place is shown: at its name. Within another one the way to that name may lead over links, which are there in the
 * sandbox as well; a mount must not be made by way of them, so it is shown where they lead to now.
 */
function targetOf({ path, handle }: Place, before: readonly Placed[]): string {
  const outer = before.findLast((other) => other.path !== path && isWithin(path, other.path));
  if (outer === undefined) {
    return path;
  }
  return isWithin(handle.path, outer.handle.path)
    ? outer.target + handle.path.slice(outer.handle.path.length)
    : handle.path;
}

function depth(path: string): number {
  return path.split('/').filter((part) => part !== '').length;
}
