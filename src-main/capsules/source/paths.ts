import { Buffer } from 'node:buffer';
import { capsuleError } from '../errors.ts';
import { MAX_ENTRIES, MAX_FILE_BYTES, MAX_PATH_BYTES, MAX_UNPACKED_BYTES } from '../limits.ts';
import { foldName, nameProblem } from '../portable-name.ts';
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
    const folded = foldName(path);
    this.#count(path);
    this.#parents(path);
    if (this.#seen.has(folded)) {
      throw duplicate(path);
    }
    this.#seen.set(folded, 'file');
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
    const folded = foldName(path);
    if (this.#explicitFolders.has(folded)) {
      throw duplicate(path);
    }
    this.#explicitFolders.add(folded);
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
    const folded = foldName(path);
    // From the nearest folder up to one that is known, and whose own are known then.
    for (let slash = folded.lastIndexOf('/'); slash > 0; slash = folded.lastIndexOf('/', slash - 1)) {
      const folder = folded.slice(0, slash);
      const there = this.#seen.get(folder);
      if (there === 'folder') {
        return;
      }
      if (there === 'file') {
        throw duplicate(path);
      }
      this.#count(path);
      this.#seen.set(folder, 'folder');
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

function innerPath(name: string): string {
  const path = name.startsWith('./') ? name.slice(2) : name;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw badPath(name, `which has more than ${MAX_PATH_BYTES} bytes`);
  }
  const parts = path.split('/');
  if (parts.some((part) => ['', '.', '..'].includes(part))) {
    throw badPath(name, 'which is not a path inside it');
  }
  for (const part of parts) {
    const problem = nameProblem(part);
    if (problem !== undefined) {
      throw badPath(name, problem);
    }
  }
  if (foldName(parts[0] ?? '') === foldName(RESERVED_AT_TOP)) {
    throw badPath(name, 'a name that is reserved for the install record');
  }
  return path;
}

function badPath(name: string, problem: string): Error {
  return capsuleError(
    'source-bad-path',
    `The capsule has an entry named ${quoted(name)}, ${problem}.`,
    'Use a relative path with names that are valid on Linux, macOS and Windows, separated by "/".',
  );
}

function duplicate(path: string): Error {
  return capsuleError(
    'source-duplicate',
    `${quoted(path)} is a duplicate, or differs from another entry only in case or Unicode composition.`,
    'Use a unique name for every file.',
  );
}
