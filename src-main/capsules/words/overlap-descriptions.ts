import type { FolderOverlap } from '../../contract/views.ts';
import type { SharedPlaces } from '../../policy/shared-places.ts';
import { boundedNames } from './bounded-names.ts';
import { escapeControlChars } from './escape-control-chars.ts';

/** Folders in one sentence: more are not read. */
const MAX_IN_SENTENCE = 12;

/**
 * What a capsule could do to the files of an installed one, or that to its, in plain English.
 *
 * @param shared `first` is the capsule that is to be installed
 */
export function overlapViews(
  capsule: string,
  { firstWrites, secondWrites, bothWrite }: SharedPlaces,
): readonly FolderOverlap[] {
  return [
    overlap(capsule, bothWrite, `it and ${capsule} can change the same files`),
    overlap(capsule, firstWrites, `it can change what ${capsule} reads`),
    overlap(capsule, secondWrites, `${capsule} can change what it reads`),
  ].flat();
}

function overlap(capsule: string, places: readonly string[], what: string): readonly FolderOverlap[] {
  if (places.length === 0) {
    return [];
  }
  const folders = boundedNames(places.map(escapeControlChars), MAX_IN_SENTENCE);
  return [{ capsule, folders, sentence: `If granted, ${what}: ${folders.join(', ')}.` }];
}
