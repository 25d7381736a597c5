import { readFile } from 'node:fs/promises';

/** The text of a file, or null when there is none. @throws Error of the system when it is there and cannot be read */
export async function readOptionalFile(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return null;
    }
    throw error;
  }
}
