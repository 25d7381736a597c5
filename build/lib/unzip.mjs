import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The largest archive that we unpack is a test Electron of 275 MB; more than this would be a bomb. */
const MAX_UNPACKED_BYTES = 1_024 ** 3;

/** The kind of a file in its Unix mode, and what a plain file has there; an archive made elsewhere has 0. */
const KIND = 0o170000;
const PLAIN = [0, 0o100000];

/** @typedef {{entry: import('yauzl').Entry, target: string}} Wanted */

/**
 * Unpacks some files of a zip archive. Nothing is written before all of its directory has been looked at: yauzl
 * refuses names that lead out of the folder, we refuse links, special files, what cannot be
 * unpacked, two files for one place, and what would come to more than 1 GiB.
 *
 * @param {string} archive
 * @param {string} folder
 * @param {(name: string) => string | undefined} rename the path below `folder`, undefined to leave the entry out
 */
export async function unzip(archive, folder, rename) {
  // Only here: whoever imports this file runs before packages are installed.
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false, strictFileNames: true });
  try {
    /** @type {Map<string, Wanted>} */
    const wanted = new Map();
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.endsWith('/') ? undefined : rename(entry.fileName);
      if (name !== undefined) {
        const target = path.join(folder, name);
        bytes += entry.uncompressedSize;
        requirePlain(entry, !wanted.has(target), bytes);
        wanted.set(target, { entry, target });
      }
    }
    for (const { entry, target } of wanted.values()) {
      mkdirSync(path.dirname(target), { recursive: true });
      // The stream fails when it is not as long as the directory says.
      const content = await zip.openReadStreamPromise(entry);
      await pipeline(
        content,
        createWriteStream(target, { flags: 'wx', mode: modeOf(entry) & 0o777 || 0o644 }),
      );
    }
  } finally {
    zip.close();
  }
}

/**
 * @param {import('yauzl').Entry} entry
 * @param {boolean} isFirst for its place
 * @param {number} bytes of all so far, this one included
 */
function requirePlain(entry, isFirst, bytes) {
  if (!PLAIN.includes(modeOf(entry) & KIND)) {
    throw new Error(`the zip archive has a link or special file: ${entry.fileName}`);
  }
  if (!entry.canDecodeFileData()) {
    throw new Error(
      `the zip archive has a file that is encrypted or packed in an unknown way: ${entry.fileName}`,
    );
  }
  if (!isFirst) {
    throw new Error(`the zip archive has two files for one place: ${entry.fileName}`);
  }
  if (bytes > MAX_UNPACKED_BYTES) {
    throw new Error(`the zip archive unpacks to more than ${MAX_UNPACKED_BYTES} bytes`);
  }
}

function modeOf(/** @type {import('yauzl').Entry} */ entry) {
  return entry.externalFileAttributes >>> 16;
}
