import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { StoreError } from './store-error.ts';

// Neither waits for the other end of a pipe nor follows a link. Windows has none of the two, and no such files.
const ONLY_REGULAR = constants.O_NONBLOCK | constants.O_NOFOLLOW;

/**
 * Opens a file of the data folder. Whatever else lies there under its name is not waited for, followed or written to.
 *
 * @param flags of `fs.constants`; what is created is readable by its owner only. The caller closes it.
 * @throws StoreError `not-a-file`; the error of the system, such as `ENOENT`
 */
export async function openRegularFile(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, flags | ONLY_REGULAR, 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code !== undefined && NOT_REGULAR.has(error.code) ? notAFile(path, error) : error;
  });
  try {
    if (!(await file.stat()).isFile()) {
      throw notAFile(path);
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
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

/** A link, a folder that is opened for writing, a socket, a pipe that nobody reads. */
const NOT_REGULAR: ReadonlySet<string> = new Set(['ELOOP', 'EISDIR', 'ENXIO']);

function notAFile(path: string, cause?: unknown): StoreError {
  return new StoreError(
    'not-a-file',
    `${path} is not a regular file.`,
    'Move it out of the data folder, then restart Capsule Desktop.',
    { cause },
  );
}
