import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { openRegular } from '../os/files/open-regular.ts';
import { StoreError } from './store-error.ts';

/**
 * Opens a file of the data folder. Whatever else lies there under its name is not waited for, followed or written to.
 *
 * @param flags of `fs.constants`; what is created is readable by its owner only. The caller closes it.
 * @throws StoreError `not-a-file`; the error of the system, such as `ENOENT`
 */
export async function openRegularFile(path: string, flags: number): Promise<FileHandle> {
  const found = await openRegular(path, flags);
  if (found.kind !== 'file') {
    throw new StoreError(
      'not-a-file',
      `${path} is not a regular file.`,
      'Move it out of the data folder, then restart Capsule Desktop.',
    );
  }
  return found.file;
}

/** The content of a file of the data folder. @throws as `openRegularFile` */
export async function readRegularFile(path: string): Promise<Buffer> {
  const file = await openRegularFile(path, constants.O_RDONLY);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}
