import { capsuleError } from '../errors.ts';
import type { ManifestTable } from './table.ts';

/**
 * A path inside the capsule, with `/` between its parts.
 *
 * @throws TypedError `manifest-bad-path` for an absolute path, `..`, a backslash, a control character or an empty part.
 */
export function innerPath(table: ManifestTable, key: string, path: string): string {
  const parts = (path.startsWith('./') ? path.slice(2) : path).split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..') || /[\\\p{Cc}]/u.test(path)) {
    throw capsuleError(
      'manifest-bad-path',
      `${table.at(key)} is not a path inside the capsule.`,
      'Use a path relative to the folder of Capsule.toml, with "/" between names and without "..".',
    );
  }
  return parts.join('/');
}
