import { createHash } from 'node:crypto';
import { chmod, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TypedError } from '../../base/typed-error.ts';
import { COPY_CHUNK_BYTES } from '../limits.ts';

export type ReplaceErrorCode = 'update-file-changed' | 'update-no-space' | 'update-not-writable';

/** What has just been done; a test dies at each of them. */
export type ReplaceStep = 'cleaned' | 'half-copied' | 'copied' | 'executable' | 'synced' | 'renamed';

export interface Replacement {
  /** The downloaded program. It stays where it is. */
  readonly download: string;
  /** Of the download, base64 as feeds have it. What is copied is checked once more. */
  readonly sha512: string;
  /** The program to replace, a single file. */
  readonly program: string;
}

/**
 * Puts a new program in an old one's place under the same path. Whoever looks, at any moment and after a
 * crash or power cut at any point, finds the whole old file or the whole new one: the copy is made beside
 * the program, brought to the disk, and renamed over it. Rejects with the old file untouched.
 */
export async function replaceProgram(
  { download, sha512, program }: Replacement,
  reached: (step: ReplaceStep) => void | Promise<void> = () => undefined,
): Promise<void> {
  let staging = '';
  try {
    const target = await realpath(program);
    // Always the same name, so that what an interrupted attempt left is found and removed by the next.
    staging = join(dirname(target), `.${basename(target)}.update`);
    const { mode } = await stat(target);
    await rm(staging, { force: true });
    await reached('cleaned');
    await copyVerified(download, staging, sha512, reached);
    // Its owner may read and start it, whatever the download's own mode was.
    await chmod(staging, (mode & 0o777) | 0o500);
    await reached('executable');
    await syncPath(staging);
    await reached('synced');
    await rename(staging, target);
    staging = '';
    await reached('renamed');
    await syncPath(dirname(target));
  } catch (error) {
    if (staging !== '') {
      await rm(staging, { force: true }).catch(() => undefined);
    }
    throw inWords(error, program);
  }
}

async function copyVerified(
  from: string,
  to: string,
  sha512: string,
  reached: (step: ReplaceStep) => void | Promise<void>,
): Promise<void> {
  const hash = createHash('sha512');
  const source = await open(from, 'r');
  try {
    // Exclusive: a link that somebody put there meanwhile is not followed.
    const copy = await open(to, 'wx', 0o600);
    try {
      const half = (await source.stat()).size / 2;
      const chunk = Buffer.allocUnsafe(COPY_CHUNK_BYTES);
      let copied = 0;
      let told = false;
      for (;;) {
        const { bytesRead } = await source.read(chunk, 0, chunk.length);
        if (bytesRead === 0) {
          break;
        }
        const part = chunk.subarray(0, bytesRead);
        hash.update(part);
        await writeAll(copy, part);
        copied += bytesRead;
        if (!told && copied >= half) {
          told = true;
          await reached('half-copied');
        }
      }
    } finally {
      await copy.close();
    }
  } finally {
    await source.close();
  }
  if (hash.digest('base64') !== sha512) {
    throw new TypedError<ReplaceErrorCode>(
      'update-file-changed',
      'The downloaded file was changed after it was verified.',
      'Nothing was installed. Check for updates again to download it again.',
    );
  }
  await reached('copied');
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function inWords(error: unknown, program: string): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const folder = dirname(program);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new TypedError<ReplaceErrorCode>(
      'update-no-space',
      `There is not enough space in ${folder}.`,
      'The program is unchanged. Free some space there, then try again.',
      { cause: error },
    );
  }
  if (['EACCES', 'EPERM', 'EROFS', 'ETXTBSY', 'EISDIR'].includes(code)) {
    return new TypedError<ReplaceErrorCode>(
      'update-not-writable',
      `${folder} cannot be written (${code}).`,
      'The program is unchanged. Move it to a folder you can write to, start it there and try again.',
      { cause: error },
    );
  }
  return error;
}
