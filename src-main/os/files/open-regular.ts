import { constants, type Stats } from 'node:fs';
import { open, readlink, type FileHandle } from 'node:fs/promises';

/** Neither waits for the other end of a pipe nor follows a link in the last step. Windows has none of the two. */
const UNWAITING = constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** What was found under a name: a regular file, open, or what else lies there. */
export type FoundFile =
  | { readonly kind: 'file'; readonly file: FileHandle; readonly facts: Stats }
  | { readonly kind: 'folder' | 'link' | 'special' };

/** What the system says to opening a link, a folder for writing, and a socket or a pipe that nobody reads. */
const OTHER_KINDS: Readonly<Partial<Record<string, 'folder' | 'link' | 'special'>>> = {
  ELOOP: 'link',
  EISDIR: 'folder',
  ENXIO: 'special',
};

/**
 * Opens a file that somebody else may replace at any moment, by a FIFO for one, whose opening would never end and hold one
 * of the few threads that open files. What it is was asked of the open file, not of its name.
 *
 * @param flags of `fs.constants`; what is created is readable by its owner only. The caller closes it.
 * @throws the error of the system, such as `ENOENT`
 */
export async function openRegular(path: string, flags: number = constants.O_RDONLY): Promise<FoundFile> {
  let file: FileHandle;
  try {
    file = await open(path, flags | UNWAITING, 0o600);
  } catch (error) {
    const kind = OTHER_KINDS[(error as NodeJS.ErrnoException).code ?? ''];
    if (kind === undefined) {
      throw error;
    }
    return { kind };
  }
  return keepRegular(file);
}

/**
 * `openRegular` for reading what `realpath` has just answered: `link` also when a folder on the way to it has become one since.
 * Where the system does not tell the name of an open file, only the last step is looked at.
 */
export async function openResolved(real: string): Promise<FoundFile> {
  const found = await openRegular(real);
  if (found.kind === 'file' && (await nameOf(found.file.fd)) !== real && process.platform === 'linux') {
    await found.file.close();
    return { kind: 'link' };
  }
  return found;
}

/** Where an open file lies now; null when that cannot be known. */
function nameOf(fd: number): Promise<string | null> {
  return readlink(`/proc/self/fd/${String(fd)}`).catch(() => null);
}

async function keepRegular(file: FileHandle): Promise<FoundFile> {
  try {
    const facts = await file.stat();
    if (facts.isFile()) {
      return { kind: 'file', file, facts };
    }
    await file.close();
    return { kind: facts.isDirectory() ? 'folder' : 'special' };
  } catch (error) {
    await file.close();
    throw error;
  }
}
