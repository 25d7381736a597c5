import { readRegularFile } from './regular-file.ts';

/**
 * The text of a file of the data folder, or null when there is none.
 *
 * @throws StoreError `not-a-file`; Error of the system when it is there and cannot be read
 */
export async function readOptionalFile(path: string): Promise<string | null> {
  try {
    return (await readRegularFile(path)).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return null;
    }
    throw error;
  }
}
