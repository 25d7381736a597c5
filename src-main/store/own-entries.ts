import { readdir } from 'node:fs/promises';
import { MAX_REPORTED_NAMES } from './limits.ts';

/** What the kernel itself puts into a folder. Links, pipes and sockets are never among it. */
export interface OwnKind {
  readonly kind: 'file' | 'folder';
  readonly name: RegExp;
}

export type Report = (message: string, error: unknown) => void;

/**
 * The names in `folder` that are ours. What else lies there is left alone and reported, in one line.
 *
 * @returns in the order of their names; none for a folder that is not there
 * @throws the error of the system for a folder that cannot be read
 */
export async function ownEntries(
  folder: string,
  { kind, name }: OwnKind,
  report: Report,
): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    throw error;
  });
  const own = entries.filter(
    (entry) => (kind === 'file' ? entry.isFile() : entry.isDirectory()) && name.test(entry.name),
  );
  if (own.length < entries.length) {
    const names = entries.filter((entry) => !own.includes(entry)).map((entry) => entry.name);
    const shown = names.slice(0, MAX_REPORTED_NAMES).map((each) => JSON.stringify(each));
    const more = names.length - shown.length;
    report(
      `${folder} has entries that do not belong to Capsule Desktop; skipped`,
      `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    );
  }
  return own.map((entry) => entry.name).sort();
}
