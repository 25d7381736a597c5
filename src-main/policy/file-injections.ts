import { isSettable } from './environment.ts';

/** The reference's numbers: entries of one spawn, bytes of one entry, bytes together. */
export const MAX_INJECTIONS = 128;
export const MAX_INJECTION_BYTES = 8 * 1024 * 1024;
export const MAX_INJECTED_BYTES = 16 * 1024 * 1024;

/** What Linux takes as a path (PATH_MAX with its NUL) and as one name in it, in bytes. */
const MAX_PATH_BYTES = 4_095;
const MAX_NAME_BYTES = 255;

/** A file that a guest wants its program to find. */
export interface FileInjection {
  readonly content: Uint8Array;
  readonly placement:
    | { readonly tag: 'env-pointer'; readonly val: string }
    | { readonly tag: 'fixed-path'; readonly val: string };
}

export type InjectionProblem = 'too-large' | 'invalid-input';

/**
 * What is wrong with the files of a request, or undefined. Pure; where a fixed path may lie is the sandbox's
 * to say (`os/files/injected-files.ts`).
 *
 * @param fixedPaths whether the sandbox of this machine can show a file at a path of the guest's choosing
 */
export function injectionProblem(
  injections: readonly FileInjection[],
  { fixedPaths }: { readonly fixedPaths: boolean },
): InjectionProblem | undefined {
  if (isTooLarge(injections)) {
    return 'too-large';
  }
  const names = injections.flatMap(({ placement: { tag, val } }) => (tag === 'env-pointer' ? [val] : []));
  const paths = injections.flatMap(({ placement: { tag, val } }) => (tag === 'fixed-path' ? [val] : []));
  const sound =
    names.every(isSettable) &&
    allDifferent(names) &&
    (paths.length === 0 || fixedPaths) &&
    paths.every(isFixedPath) &&
    areApart(paths.map(normalizePath));
  return sound ? undefined : 'invalid-input';
}

/** Whether the files are over a limit in number or size; only what is not is worth hashing. */
export function isTooLarge(injections: readonly FileInjection[]): boolean {
  if (injections.length > MAX_INJECTIONS) {
    return true;
  }
  const sizes = injections.map(({ content }) => content.length);
  return (
    sizes.some((size) => size > MAX_INJECTION_BYTES) ||
    sizes.reduce((sum, size) => sum + size, 0) > MAX_INJECTED_BYTES
  );
}

/** The same place written once: `/a/./b`, `/a//b` and `/a/b/` are `/a/b`. */
export function normalizePath(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return `/${names.join('/')}`;
}

function isFixedPath(path: string): boolean {
  // By characters first, each of which has a byte: what is far too long is not taken apart.
  if (path.length > MAX_PATH_BYTES) {
    return false;
  }
  const names = path.split('/');
  return (
    path.startsWith('/') &&
    !/["\\\0]/.test(path) &&
    !names.includes('..') &&
    names.some((name) => name !== '' && name !== '.') &&
    names.every((name) => Buffer.byteLength(name) <= MAX_NAME_BYTES) &&
    Buffer.byteLength(path) <= MAX_PATH_BYTES
  );
}

/** None is another one, or lies within it: a file holds no files. */
function areApart(paths: readonly string[]): boolean {
  // What lies within a folder comes right after it. To compare each with each takes half a second for the longest.
  const sorted = paths.map((path) => `${path}/`).toSorted();
  return sorted.every((path, at) => at === 0 || !path.startsWith(sorted[at - 1] ?? ''));
}

function allDifferent(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
