import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Below this size a file's content is compared; a larger one's size and time of change. */
const COMPARED_BYTES = 256 * 1024;

/** What stands in a folder: each path with type, mode, size, time of the last change, and what it holds. */
export type Contents = Readonly<Record<string, string>>;

/** Everything in a folder, links not followed, or one file; empty when there is none. */
export function contentsOf(path: string): Contents {
  return existsSync(path) ? Object.fromEntries(entriesOf(path)) : {};
}

function entriesOf(path: string): (readonly [path: string, what: string])[] {
  const { mode, size, mtimeMs } = lstatSync(path);
  const { isDirectory, content } = held(path, size);
  const own = [path, `${mode.toString(8)} ${isDirectory ? '' : size} ${mtimeMs} ${content}`] as const;
  return isDirectory ? [own, ...readdirSync(path).flatMap((name) => entriesOf(join(path, name)))] : [own];
}

function held(path: string, size: number): { readonly isDirectory: boolean; readonly content: string } {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) {
    return { isDirectory: false, content: readlinkSync(path) };
  }
  const isCompared = stat.isFile() && size < COMPARED_BYTES;
  const content = isCompared ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
  return { isDirectory: stat.isDirectory(), content };
}

/** Every path below a folder, links not followed. */
export function pathsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}
