import { constants } from 'node:fs';
import { access, realpath, stat, type FileHandle } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { CHILD_PATH } from '../limits.ts';
import { OsError } from '../os-error.ts';
import { isWithin } from '../sandbox/spec/check.ts';
import type { SandboxSpec } from '../sandbox/spec/spec.ts';
import type { SystemView } from '../sandbox/spec/system-view.ts';
import { notStarted } from '../tool/run-tool.ts';
import { openResolved } from './open-regular.ts';

/** Where a program may lie and what `cwd` it is started in. Without a workspace: before there is one, at a grant. */
export type Places = Pick<SandboxSpec, 'cwd' | 'readOnly' | 'writable'> & { readonly workspace?: string };

/** A program as it is started (`path`, which keeps its name) and where it really lay when it was looked at. */
export interface FoundProgram {
  readonly path: string;
  readonly real: string;
}

/**
 * The program that `command` means inside the sandbox: looked up in the fixed child PATH when it has no slash, else taken
 * from `cwd`. Checked before anything is started, so that a missing program is an error and not a line in a child's output.
 * Throws `OsError` `program-not-found` or `invalid-spawn`, the latter also for a path with `..` in it; `spawn-failed` when
 * no file can be opened.
 */
export async function resolveProgram(
  command: string,
  places: Places,
  view: SystemView,
): Promise<FoundProgram> {
  if (command === '' || command.startsWith('-') || command.includes('\0')) {
    throw new OsError(
      'invalid-spawn',
      `${JSON.stringify(command)} is not a valid program name: it is empty, starts with a dash or contains a NUL.`,
      'Use the name or path of a program.',
    );
  }
  // Tidied up as text, `name /../bash` is `bash`; to the kernel it is nothing, or what somebody put at `name `.
  if (command.split('/').includes('..')) {
    throw new OsError(
      'invalid-spawn',
      `${JSON.stringify(command)} is not a valid program name: its path contains "..".`,
      'Use a path without "..".',
    );
  }
  const visible = await visibleFolders(places, view);
  if (command.includes('/')) {
    const path = isAbsolute(command) ? resolve(command) : join(places.cwd, command);
    const found = await look(path, visible);
    if (typeof found === 'string') {
      throw notFound(`The program ${path} ${found}.`);
    }
    return found;
  }
  let hidden: string | null = null;
  for (const folder of CHILD_PATH.split(':')) {
    const path = `${folder}/${command}`;
    const found = await look(path, visible);
    if (typeof found !== 'string') {
      return found;
    }
    hidden ??= found === MISSING ? null : `The program ${path} ${found}.`;
  }
  throw notFound(hidden ?? `The program ${command} was not found in ${CHILD_PATH}.`);
}

/** Throws `invalid-spawn` unless `cwd` is a folder that the sandbox shows. */
export async function checkWorkingDirectory(places: Places, view: SystemView): Promise<void> {
  const real = await realpath(places.cwd).catch(() => null);
  const entry = real === null ? null : await stat(real).catch(() => null);
  if (real === null || entry?.isDirectory() !== true) {
    throw badFolder(`The working directory ${places.cwd} is not a folder.`);
  }
  const visible = await visibleFolders(places, view);
  if (real !== '/tmp' && !visible.some((folder) => isWithin(real, folder))) {
    throw badFolder(`The working directory ${places.cwd} is not visible inside the sandbox.`);
  }
}

const MISSING = 'does not exist';
const NO_FILE = 'is not a file';

/** The program at `path`, or in words what keeps it from being executed inside. */
async function look(path: string, visible: readonly string[]): Promise<FoundProgram | string> {
  const real = await realpath(path).catch(() => null);
  if (real === null) {
    return MISSING;
  }
  if (!visible.some((folder) => isWithin(real, folder))) {
    return `is not visible inside the sandbox (${real})`;
  }
  const line = await firstLine(real);
  if (line === MISSING || line === NO_FILE) {
    return line;
  }
  const executable = await access(real, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) {
    return 'is not executable';
  }
  const interpreter = /^#![ \t]*(\/[^ \t\n]*)/.exec(line)?.[1] ?? null;
  if (interpreter !== null && interpreter !== path) {
    const problem = await realpath(interpreter).then(
      (found) =>
        visible.some((folder) => isWithin(found, folder)) ? null : 'is not visible inside the sandbox',
      () => MISSING,
    );
    if (problem !== null) {
      return `needs the interpreter ${interpreter}, which ${problem}`;
    }
  }
  return { path, real };
}

/** Real paths; a symlink on the way must not make a place look inside or outside when it is not. */
async function visibleFolders(places: Places, view: SystemView): Promise<readonly string[]> {
  const own = places.workspace === undefined ? [] : [places.workspace];
  const opened = [...own, ...(places.readOnly ?? []), ...(places.writable ?? [])];
  const real = await Promise.all(opened.map((path) => realpath(path).catch(() => path)));
  const linked = view.links.map(({ target }) => resolve('/', target));
  return [...view.folders, ...linked, ...view.etc, ...real];
}

/**
 * What a file begins with, empty for one that may not be read; `MISSING`, or `NO_FILE` for anything else, what was put there
 * since its name was resolved included.
 */
async function firstLine(real: string): Promise<string> {
  try {
    const found = await openResolved(real);
    return found.kind === 'file' ? await readHead(found.file) : NO_FILE;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR'].includes(code)) {
      return MISSING;
    }
    if (code !== 'EACCES') {
      throw notStarted(error);
    }
    // Executable but not readable is legal; then it is no script.
    return stat(real).then(
      (facts) => (facts.isFile() ? '' : NO_FILE),
      () => MISSING,
    );
  }
}

async function readHead(file: FileHandle): Promise<string> {
  try {
    // The kernel itself reads no more than this of the line (BINPRM_BUF_SIZE).
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function notFound(message: string): OsError {
  return new OsError(
    'program-not-found',
    message,
    'Install the program, correct the command, or grant access to its folder.',
  );
}

function badFolder(message: string): OsError {
  return new OsError('invalid-spawn', message, 'Use a folder inside the workspace.');
}
