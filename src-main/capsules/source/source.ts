import { stat } from 'node:fs/promises';
import { readArchive } from './archive.ts';
import { readFolder } from './folder.ts';
import type { CapsuleContent } from './content.ts';

/**
 * Reads a capsule from a `.capsule` file or from a folder, whichever `path` is. Runs nothing.
 *
 * @param staging folder for the files, absent or empty; null keeps them in memory. Removed on failure.
 * @throws TypedError with a code of `CapsuleErrorCode`.
 */
export async function readSource(path: string, staging: string | null = null): Promise<CapsuleContent> {
  const folder = await stat(path).then(
    (facts) => facts.isDirectory(),
    // The reader of archives says what is wrong with the path.
    () => false,
  );
  return folder ? await readFolder(path, staging) : await readArchive(path, staging);
}
