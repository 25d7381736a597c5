import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { capsuleError } from '../errors.ts';
import type { ContentFile } from './content.ts';

/** Where the files of a source go while it is read. */
export interface SourceSink {
  /** Keeps `chunks` as the file at `path`, which was admitted before. */
  readonly keep: (path: string, chunks: AsyncIterable<Uint8Array>) => Promise<ContentFile>;
  /** Undoes everything that was kept. */
  readonly discard: () => Promise<void>;
}

/**
 * @param staging folder for the files, absent or empty; null keeps them in memory.
 * @throws TypedError `source-staging` when the folder is in use or cannot be made.
 */
export async function openSink(staging: string | null): Promise<SourceSink> {
  return staging === null ? memorySink() : await folderSink(staging);
}

function memorySink(): SourceSink {
  return {
    keep: async (path, chunks) => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) {
        parts.push(chunk);
      }
      const bytes = new Uint8Array(Buffer.concat(parts));
      return { path, size: bytes.length, read: () => Promise.resolve(bytes) };
    },
    discard: () => Promise.resolve(),
  };
}

async function folderSink(root: string): Promise<SourceSink> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
    if ((await readdir(root)).length > 0) {
      throw new Error('it is not empty');
    }
  } catch (cause) {
    throw stagingFailed(root, cause);
  }
  return {
    keep: async (path, chunks) => {
      const place = join(root, path);
      let size = 0;
      await onDisk(root, mkdir(dirname(place), { recursive: true, mode: 0o700 }));
      // Exclusive: the path was admitted once, so anything that is there is not ours.
      const file = await onDisk(root, open(place, 'wx', 0o600));
      try {
        for await (const chunk of chunks) {
          await onDisk(root, file.writeFile(chunk));
          size += chunk.length;
        }
      } finally {
        await file.close();
      }
      return { path, size, read: async () => new Uint8Array(await readFile(place)) };
    },
    discard: () => rm(root, { recursive: true, force: true }),
  };
}

/** A full disk is told apart from a bad source, whose errors pass through `chunks`. */
async function onDisk<T>(root: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw stagingFailed(root, cause);
  }
}

function stagingFailed(root: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return capsuleError(
    'source-staging',
    `Cannot unpack into the folder ${root}: ${reason}.`,
    'Check that the folder is writable and that the disk has free space.',
    cause,
  );
}
