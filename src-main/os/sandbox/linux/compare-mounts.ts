import type { PathHandle } from '../../files/path-handle.ts';
import type { TableEntry } from '../../proc/mount-table.ts';
import { isWithin } from '../spec/check.ts';

/** What a sandbox is to have mounted. */
export interface AskedMounts {
  /** What the caller opens: each at its target. */
  readonly mounts: readonly {
    readonly target: string;
    readonly handle: Pick<PathHandle, 'path' | 'identity'>;
  }[];
  /** Points of the sandbox's own mounts, one for each; which of them are there is not asked. */
  readonly own: readonly string[];
}

export type MountProblem = { readonly kind: 'missing' | 'unasked'; readonly point: string };

/**
 * What differs between the mounts of a sandbox and those that were asked for, or null. A mount that was led elsewhere by a link
 * on the way to its target is missing there, or is one too many where it is.
 *
 * @param readHost the machine's mounts: what is mounted within a folder comes along with it. Asked only when there is something
 *   to explain.
 */
export function compareMounts(
  found: readonly Pick<TableEntry, 'point'>[],
  { mounts, own }: AskedMounts,
  readHost: () => readonly Pick<TableEntry, 'point'>[],
): MountProblem | null {
  const left = new Counts(found.map(({ point }) => point));
  for (const { target } of mounts) {
    if (!left.take(target)) {
      return { kind: 'missing', point: target };
    }
  }
  own.forEach((point) => left.take(point));
  if (left.first() !== undefined) {
    nestedIn(mounts, readHost()).forEach((point) => left.take(point));
  }
  const point = left.first();
  return point === undefined ? null : { kind: 'unasked', point };
}

/** Where the machine's mounts within what is mounted appear. */
function nestedIn(
  mounts: AskedMounts['mounts'],
  host: readonly Pick<TableEntry, 'point'>[],
): readonly string[] {
  return mounts.flatMap(({ target, handle: { path } }) =>
    host
      .filter(({ point }) => point !== path && isWithin(point, path))
      .map(({ point }) => target + point.slice(path === '/' ? 0 : path.length)),
  );
}

class Counts {
  readonly #counts = new Map<string, number>();

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1);
    }
  }

  /** False when none is left. */
  take(text: string): boolean {
    const count = this.#counts.get(text) ?? 0;
    if (count <= 1) {
      this.#counts.delete(text);
    } else {
      this.#counts.set(text, count - 1);
    }
    return count > 0;
  }

  first(): string | undefined {
    return this.#counts.keys().next().value;
  }
}
