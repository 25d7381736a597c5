import { constants } from 'node:fs';
import { mkdir, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openRegularFile } from './regular-file.ts';

const LINE_END = 10;

/**
 * Appends lines to a file, all of them or none: when the disk is full in the middle of one, the file is cut back to
 * where it was. A fragment that is there all the same (a crash, a cut that failed) gets a line of its own and stays.
 * The file and its folder are made when they are not there.
 *
 * @param lines without line ends
 * @returns the size of the file, bytes
 * @throws StoreError `not-a-file`; the error of the system
 */
export async function appendLines(path: string, lines: readonly string[]): Promise<number> {
  const file = await openToAppend(path);
  try {
    const { size } = await file.stat();
    const start = (await endsInFragment(file, size)) ? '\n' : '';
    const bytes = Buffer.from(`${start}${lines.join('\n')}\n`);
    try {
      await file.appendFile(bytes);
    } catch (error) {
      // If not even that works, the next call finds the fragment and begins a new line.
      await file.truncate(size).catch(() => undefined);
      throw error;
    }
    return size + bytes.length;
  } finally {
    await file.close();
  }
}

async function openToAppend(path: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  try {
    return await openRegularFile(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return openRegularFile(path, flags);
  }
}

async function endsInFragment(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) {
    return false;
  }
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== LINE_END;
}
