import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file in one step: readers see the old content or the new, and after a power cut one of
 * the two. A link or FIFO in its place is replaced, not written to.
 *
 * @param mode readable by its owner only when absent
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
): Promise<void> {
  const staging = `${path}.${randomUUID()}`;
  try {
    const file = await open(staging, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(staging, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(staging, { force: true });
    throw error;
  }
}

/**
 * The same before it returns, for a moment in which nothing can be waited for. The file is there when this process is
 * gone; a power cut may bring the old content back.
 *
 * @throws Error of the system
 */
export function replaceFileNow(path: string, content: string): void {
  const staging = `${path}.${randomUUID()}`;
  try {
    writeFileSync(staging, content, { flag: 'wx', mode: 0o600 });
    renameSync(staging, path);
  } catch (error) {
    rmSync(staging, { force: true });
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; there the rename itself is journaled.
  if (process.platform === 'win32') {
    return;
  }
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
