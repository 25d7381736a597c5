import type { FilePlace } from './file-places.ts';
import { pinnedPath, type ResolvedEntry } from './resolved-entry.ts';

/** A place that a capsule's programs may see. Its path is canonical as far as that is known. */
export type OpenPlace = Pick<FilePlace, 'access' | 'root' | 'path'>;

/** Places that two capsules may both see and at least one of them may write, each once, as `/path` or `home://path`. */
export interface SharedPlaces {
  /** The first may change what the second reads. */
  readonly firstWrites: readonly string[];
  readonly secondWrites: readonly string[];
  readonly bothWrite: readonly string[];
}

/** The places with what they lead to, so that two names of one folder are seen to be one. */
export function canonicalPlaces(
  places: readonly FilePlace[],
  resolved: readonly ResolvedEntry[],
): readonly OpenPlace[] {
  return places.map(({ access, root, path, entry }) => ({
    access,
    root,
    path: root === 'machine' ? (pinnedPath(resolved, 'folder', entry) ?? path) : path,
  }));
}

/**
 * What one capsule may do to the files of another: where a place of one lies in a place of the other, or is the same. Every
 * principal has a home of its own, which all its capsules share.
 */
export function sharedPlaces(first: readonly OpenPlace[], second: readonly OpenPlace[]): SharedPlaces {
  const both = new Set<string>();
  const [firstAlone, secondAlone] = [new Set<string>(), new Set<string>()];
  for (const one of first) {
    for (const other of second) {
      const shared = innerOf(one, other);
      if (shared !== null && one.access === 'write') {
        (other.access === 'write' ? both : firstAlone).add(shared);
      } else if (shared !== null && other.access === 'write') {
        secondAlone.add(shared);
      }
    }
  }
  const others = (paths: ReadonlySet<string>): readonly string[] =>
    [...paths].filter((path) => !both.has(path)).toSorted();
  return {
    firstWrites: others(firstAlone),
    secondWrites: others(secondAlone),
    bothWrite: [...both].toSorted(),
  };
}

/** The place that lies in the other one; null when they are apart. */
function innerOf(one: OpenPlace, other: OpenPlace): string | null {
  if (one.root !== other.root) {
    return null;
  }
  const [a, b] = [`${one.path}/`, `${other.path}/`].map((path) => path.replace(/^\/+/, ''));
  if (a === undefined || b === undefined || !(a.startsWith(b) || b.startsWith(a))) {
    return null;
  }
  const { root, path } = a.length >= b.length ? one : other;
  return root === 'home' ? `home://${path}` : path;
}
