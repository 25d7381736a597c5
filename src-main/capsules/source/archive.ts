import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract as createExtract, type Extract } from 'tar-stream';
import { isTypedError } from '../../base/typed-error.ts';
import { corruptArchive, trailingData, truncatedArchive } from './archive-errors.ts';
import { ArchiveShape } from './archive-shape.ts';
import { capsuleError } from '../errors.ts';
import { MAX_ARCHIVE_BYTES, MAX_RATIO, MAX_UNPACKED_BYTES, RATIO_FREE_BYTES } from '../limits.ts';
import { contentOf, type CapsuleContent, type ContentFile } from './content.ts';
import { SourcePaths, tooLarge } from './paths.ts';
import { openSink, type SourceSink } from './sink.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** Headers of the oldest kind have no magic word; `ArchiveShape` refuses unknown ones. The library's types lack it. */
const ALL_FORMATS: object = { allowUnknownFormat: true };

/**
 * Reads a `.capsule` file: a gzip of a tar. Takes plain files and folders with safe names only, within
 * the limits of limits.ts, and counts while it unpacks, so a bomb costs no more than the limit.
 *
 * @param staging folder to unpack into, absent or empty; null unpacks into memory. It is removed
 *   again when anything fails.
 * @throws TypedError with an `archive-…`, `source-…`, `manifest-…` or `component-…` code.
 */
export async function readArchive(path: string, staging: string | null = null): Promise<CapsuleContent> {
  const { file, size } = await openArchive(path);
  try {
    const sink = await openSink(staging);
    try {
      return await contentOf('archive', await unpack(file, size, sink));
    } catch (error) {
      await sink.discard();
      throw error;
    }
  } finally {
    await file.close();
  }
}

async function openArchive(path: string): Promise<{ file: FileHandle; size: number }> {
  // Without O_NONBLOCK, opening a FIFO would wait for its other end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const facts = await file.stat();
    if (!facts.isFile()) {
      throw capsuleError(
        'source-not-a-file',
        `${quoted(path)} is not a file.`,
        'Choose a .capsule file or a folder.',
      );
    }
    if (facts.size > MAX_ARCHIVE_BYTES) {
      throw capsuleError(
        'archive-too-large',
        `The archive is too large: ${facts.size} bytes (limit: ${MAX_ARCHIVE_BYTES}).`,
        'Remove files that the capsule does not need at run time.',
      );
    }
    const magic = new Uint8Array(2);
    await file.read(magic, 0, 2, 0).catch((cause: unknown) => {
      throw unreadable(path, cause);
    });
    if (magic[0] !== 0x1f || magic[1] !== 0x8b) {
      throw capsuleError(
        'archive-not-gzip',
        `${quoted(path)} is not a .capsule file: it is not gzip-compressed.`,
        'Choose a file made with "capsule pack", or the folder of the capsule.',
      );
    }
    return { file, size: facts.size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function unpack(file: FileHandle, size: number, sink: SourceSink): Promise<Map<string, ContentFile>> {
  const files = new Map<string, ContentFile>();
  const gunzip = createGunzip();
  const extract = createExtract(ALL_FORMATS);
  const input = file.createReadStream({ autoClose: false, start: 0, end: size - 1 });
  // Either side may fail first, and then ends the other: the first failure is the one to tell.
  let first: { readonly error: unknown } | undefined;
  const feeding = pipeline(input, gunzip, (chunks) => metered(chunks, size), extract).catch(
    (error: unknown) => {
      first ??= { error };
    },
  );
  const taking = takeAll(extract, sink, files).catch((error: unknown) => {
    first ??= { error };
    extract.destroy();
  });
  await Promise.all([feeding, taking]);
  if (first !== undefined) {
    throw archiveError(first.error, gunzip.readableEnded);
  }
  // zlib stops at the end of its data and ignores padding behind it.
  if (gunzip.bytesWritten !== size) {
    throw trailingData();
  }
  return files;
}

/** Passes the unpacked bytes on, and ends the stream at a limit or where the tar's outline is broken. */
async function* metered(chunks: AsyncIterable<Uint8Array>, archiveSize: number): AsyncGenerator<Uint8Array> {
  const shape = new ArchiveShape();
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > RATIO_FREE_BYTES && total > archiveSize * MAX_RATIO) {
      throw capsuleError(
        'archive-bomb',
        `The archive unpacks to more than ${MAX_RATIO} times its size.`,
        'It may be malicious. If it is your own, remove the highly repetitive file.',
      );
    }
    if (total > MAX_UNPACKED_BYTES) {
      throw tooLarge();
    }
    shape.push(chunk);
    yield chunk;
  }
  shape.end();
}

async function takeAll(entries: Extract, sink: SourceSink, files: Map<string, ContentFile>): Promise<void> {
  const paths = new SourcePaths();
  for await (const entry of entries) {
    const { name, type, size } = entry.header;
    if (type === 'symlink' || type === 'link') {
      throw capsuleError(
        'source-link',
        `The archive contains the link ${quoted(name)}.`,
        'Links are not supported. Pack the file itself instead.',
      );
    }
    if (type !== 'file' && type !== 'directory') {
      throw capsuleError(
        'source-special-file',
        `The archive contains ${quoted(name)}, which is neither a file nor a folder (${type ?? 'unknown kind'}).`,
        'Pack only regular files and folders.',
      );
    }
    // Some readers skip data behind a folder and others read headers there: they would see different files.
    if (type === 'directory' && size > 0) {
      throw corruptArchive(`the folder ${quoted(name)} has ${size} bytes of data`);
    }
    if (type === 'directory') {
      paths.folder(name);
      entry.resume();
    } else {
      const path = paths.file(name, size);
      files.set(path, await sink.keep(path, chunksOf(entry)));
    }
  }
}

/** Streams of that library are async iterables of bytes, which its types do not say. */
function chunksOf(entry: object): AsyncIterable<Uint8Array> {
  return entry as AsyncIterable<Uint8Array>;
}

/** @param unpacked whether all that the gzip has was read */
function archiveError(error: unknown, unpacked: boolean): unknown {
  if (isTypedError(error) || !(error instanceof Error)) {
    return error;
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'Z_BUF_ERROR') {
    return truncatedArchive(error);
  }
  if (unpacked && (code === 'ABORT_ERR' || code === 'ERR_STREAM_PREMATURE_CLOSE')) {
    // Everything behind the gzip ended with it, before all of the file was read. Who notices first depends on what was on its way.
    return trailingData();
  }
  if (code !== undefined && !code.startsWith('Z_')) {
    return capsuleError(
      'source-unreadable',
      `The archive cannot be read: ${error.message}.`,
      'Copy it again.',
      error,
    );
  }
  return corruptArchive(error.message.replace(/\.$/, ''), error);
}

function unreadable(path: string, cause: unknown): Error {
  const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  return capsuleError(
    missing ? 'source-missing' : 'source-unreadable',
    missing ? `${quoted(path)} does not exist.` : `${quoted(path)} cannot be read.`,
    missing ? 'Check the path.' : 'Check its permissions.',
    cause,
  );
}
