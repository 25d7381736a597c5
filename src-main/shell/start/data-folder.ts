import { resolve } from 'node:path';

/**
 * The data folder that `CAPSULE_DESKTOP_DATA` names, as an absolute path; null when it names none. An empty
 * variable counts as unset, as it does for most programs; a relative path starts where the program was started.
 */
export function namedDataFolder(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : resolve(value);
}
