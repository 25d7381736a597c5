import { mkdirSync, openSync, closeSync, readSync, fstatSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** Longest possible end-of-directory record: 22 bytes and a comment of 64 KiB. */
const TAIL = 22 + 0xffff;

/**
 * @typedef {object} ZipEntry
 * @property {string} name
 * @property {number} method 0 stored, 8 deflated
 * @property {number} packedSize
 * @property {number} offset of the local header
 * @property {number} mode unix permission bits, 0 when the archive has none
 */

/**
 * Unpacks some files of a zip archive whose integrity the caller has checked. A bare machine has no `unzip`.
 *
 * @param {string} archive
 * @param {string} folder
 * @param {(name: string) => string | undefined} rename the path below `folder`, undefined to leave the entry out
 */
export function unzip(archive, folder, rename) {
  const fd = openSync(archive, 'r');
  try {
    for (const entry of readDirectory(fd)) {
      const name = entry.name.endsWith('/') ? undefined : rename(entry.name);
      if (name !== undefined) {
        const target = path.join(folder, name);
        mkdirSync(path.dirname(target), { recursive: true });
        writeFileSync(target, readEntry(fd, entry), { mode: entry.mode || 0o644 });
      }
    }
  } finally {
    closeSync(fd);
  }
}

/** @returns {ZipEntry[]} */
function readDirectory(/** @type {number} */ fd) {
  const { size } = fstatSync(fd);
  const tail = readAt(fd, Math.max(0, size - TAIL), Math.min(TAIL, size));
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) {
    throw new Error('not a zip archive: no end of directory');
  }
  const count = tail.readUInt16LE(end + 10);
  const directory = readAt(fd, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries = [];
  for (let at = 0, index = 0; index < count; index += 1) {
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method: directory.readUInt16LE(at + 10),
      packedSize: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
      mode: (directory.readUInt32LE(at + 38) >>> 16) & 0o777,
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function readEntry(/** @type {number} */ fd, /** @type {ZipEntry} */ entry) {
  const header = readAt(fd, entry.offset, 30);
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = readAt(fd, start, entry.packedSize);
  return entry.method === 0 ? packed : inflateRawSync(packed);
}

function readAt(/** @type {number} */ fd, /** @type {number} */ position, /** @type {number} */ length) {
  const bytes = Buffer.alloc(length);
  if (readSync(fd, bytes, 0, length, position) !== length) {
    throw new Error('the zip archive is truncated');
  }
  return bytes;
}
