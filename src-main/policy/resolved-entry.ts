/**
 * What one entry of `host_process`, `fs_read` or `fs_write` led to on this machine when it was granted. A
 * program's or folder's name that leads elsewhere later is no longer what the operator allowed.
 */
export interface ResolvedEntry {
  readonly kind: 'program' | 'folder';
  /** As the manifest spells it. */
  readonly asked: string;
  /** The real path, symbolic links followed; null when there was none. */
  readonly real: string | null;
  /** Why there is none, in words; empty otherwise. */
  readonly note: string;
}

/** What is known of a capsule's entries, and the way to fix one that led nowhere when it was granted. */
export interface ResolvedEntries {
  readonly of: (capsule: string) => readonly ResolvedEntry[];
  /** Remembers where an entry leads from now on. An entry that is fixed already stays as it is. */
  readonly pin: (
    capsule: string,
    principal: string,
    entry: ResolvedEntry & { readonly real: string },
  ) => Promise<void>;
}

/** The entries with `entry` in them; the same list when it was fixed before. */
export function withPin(entries: readonly ResolvedEntry[], entry: ResolvedEntry): readonly ResolvedEntry[] {
  const pinned = pinnedPath(entries, entry.kind, entry.asked);
  return pinned !== null
    ? entries
    : [...entries.filter(({ kind, asked }) => kind !== entry.kind || asked !== entry.asked), entry];
}

/** Where an entry was fixed to lead, or null when it is not fixed yet. */
export function pinnedPath(
  entries: readonly ResolvedEntry[],
  kind: ResolvedEntry['kind'],
  asked: string,
): string | null {
  return entries.find((each) => each.kind === kind && each.asked === asked)?.real ?? null;
}
