import { Buffer } from 'node:buffer';
import { capsuleError } from '../errors.ts';
import {
  MAX_ENTRIES,
  MAX_FILE_BYTES,
  MAX_PATH_BYTES,
  MAX_PATH_SEGMENT_BYTES,
  MAX_UNPACKED_BYTES,
} from '../limits.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** What `library.ts` keeps beside a capsule's files, in the same folder. */
const RESERVED_AT_TOP = 'install.json';

/**
 * Admits the entries of one source, one by one: names that stay inside and mean one file on every
 * system we run on, and sizes within the limits. Throws a typed error at the first that does not.
 */
export class SourcePaths {
  /** Folded path to what stands there. */
  readonly #seen = new Map<string, 'file' | 'folder'>();
  readonly #explicitFolders = new Set<string>();
  #entries = 0;
  #bytes = 0;

  /** @returns the path as it is kept. */
  file(name: string, size: number): string {
    const path = innerPath(name);
    this.#count(path);
    this.#parents(path);
    if (this.#seen.has(fold(path))) {
      throw duplicate(path);
    }
    this.#seen.set(fold(path), 'file');
    if (size > MAX_FILE_BYTES) {
      throw fileTooLarge(quoted(path), size);
    }
    this.#bytes += size;
    if (this.#bytes > MAX_UNPACKED_BYTES) {
      throw tooLarge();
    }
    return path;
  }

  folder(name: string): void {
    // `tar -c .` begins with the folder itself.
    if (name === './' || name === '.') {
      return;
    }
    const path = innerPath(name.endsWith('/') ? name.slice(0, -1) : name);
    this.#parents(`${path}/`);
    if (this.#explicitFolders.has(fold(path))) {
      throw duplicate(path);
    }
    this.#explicitFolders.add(fold(path));
  }

  #count(path: string): void {
    this.#entries += 1;
    if (this.#entries > MAX_ENTRIES) {
      throw capsuleError(
        'source-too-many-entries',
        `The capsule has more than ${MAX_ENTRIES} files and folders; reading stopped at ${quoted(path)}.`,
        'Remove files that the capsule does not need at run time.',
      );
    }
  }

  /** Notes and counts every new folder above `path`; a file in that place is a second meaning of one name. */
  #parents(path: string): void {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const key = fold(path.slice(0, slash));
      if (this.#seen.get(key) === 'file') {
        throw duplicate(path.slice(0, slash));
      }
      if (this.#seen.get(key) === undefined) {
        this.#count(path);
        this.#seen.set(key, 'folder');
      }
    }
  }
}

export function fileTooLarge(what: string, size: number): Error {
  return capsuleError(
    'source-file-too-large',
    `${what} is too large: ${size} bytes (limit per file: ${MAX_FILE_BYTES}).`,
    'Store large data outside the capsule.',
  );
}

export function tooLarge(): Error {
  return capsuleError(
    'source-too-large',
    `The capsule unpacks to more than ${MAX_UNPACKED_BYTES} bytes.`,
    'Remove files that the capsule does not need at run time.',
  );
}

/** What one name means on file systems that ignore case or compose accents (macOS does both). */
function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function innerPath(name: string): string {
  const path = name.startsWith('./') ? name.slice(2) : name;
  const parts = path.split('/');
  if (
    parts.some((part) => part === '' || part === '.' || part === '..') ||
    // Control characters have no place in a name; U+FFFD stands for bytes that were not UTF-8.
    /[\\\p{Cc}\uFFFD]/u.test(path) ||
    Buffer.byteLength(path) > MAX_PATH_BYTES ||
    parts.some((part) => Buffer.byteLength(part) > MAX_PATH_SEGMENT_BYTES)
  ) {
    throw capsuleError(
      'source-bad-path',
      `The capsule has an entry named ${quoted(name)}, which is not a safe path inside it.`,
      'Pack it again with relative UTF-8 paths, separated by "/", without "..", and with names of at most 255 bytes.',
    );
  }
  if (fold(parts[0] ?? '') === RESERVED_AT_TOP) {
    throw capsuleError(
      'source-bad-path',
      `The capsule has an entry named ${quoted(path)}; the name ${RESERVED_AT_TOP} is reserved for the install record.`,
      'Rename it, or move it into a folder.',
    );
  }
  return path;
}

function duplicate(path: string): Error {
  return capsuleError(
    'source-duplicate',
    `${quoted(path)} is a duplicate, or differs from another entry only in case.`,
    'Use a unique name for every file.',
  );
}
