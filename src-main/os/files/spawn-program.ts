import { constants } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { CHILD_PATH } from '../limits.ts';
import { OsError } from '../os-error.ts';
import { isWithin } from '../sandbox/spec/check.ts';
import type { SandboxSpec } from '../sandbox/spec/spec.ts';
import type { SystemView } from '../sandbox/spec/system-view.ts';

/** Where a program may lie and what `cwd` it is started in. Without a workspace: before there is one, at a grant. */
export type Places = Pick<SandboxSpec, 'cwd' | 'readOnly' | 'writable'> & { readonly workspace?: string };

/**
 * The absolute path of the program that `command` means inside the sandbox: looked up in the fixed child PATH
 * when it has no slash, else taken from `cwd`. Checked before anything is started, so that a missing program is an
 * error and not a line in a child's output. Throws `OsError` `program-not-found` or `invalid-spawn`; the latter also for
 * a path with `..` in it.
 */
export async function resolveProgram(command: string, places: Places, view: SystemView): Promise<string> {
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
    const problem = await whyNot(path, visible);
    if (problem !== null) {
      throw notFound(`The program ${path} ${problem}.`);
    }
    return path;
  }
  let hidden: string | null = null;
  for (const folder of CHILD_PATH.split(':')) {
    const path = `${folder}/${command}`;
    const problem = await whyNot(path, visible);
    if (problem === null) {
      return path;
    }
    hidden ??= problem === MISSING ? null : `The program ${path} ${problem}.`;
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

/** What keeps `path` from being executed inside, in words; null when nothing does. */
async function whyNot(path: string, visible: readonly string[]): Promise<string | null> {
  const real = await realpath(path).catch(() => null);
  if (real === null) {
    return MISSING;
  }
  if (!visible.some((folder) => isWithin(real, folder))) {
    return `is not visible inside the sandbox (${real})`;
  }
  const entry = await stat(real);
  if (!entry.isFile()) {
    return 'is not a file';
  }
  const executable = await access(real, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) {
    return 'is not executable';
  }
  const interpreter = await readInterpreter(real);
  if (interpreter !== null && interpreter !== path) {
    const problem = await realpath(interpreter).then(
      (found) =>
        visible.some((folder) => isWithin(found, folder)) ? null : 'is not visible inside the sandbox',
      () => MISSING,
    );
    return problem === null ? null : `needs the interpreter ${interpreter}, which ${problem}`;
  }
  return null;
}

/** Real paths; a symlink on the way must not make a place look inside or outside when it is not. */
async function visibleFolders(places: Places, view: SystemView): Promise<readonly string[]> {
  const own = places.workspace === undefined ? [] : [places.workspace];
  const opened = [...own, ...(places.readOnly ?? []), ...(places.writable ?? [])];
  const real = await Promise.all(opened.map((path) => realpath(path).catch(() => path)));
  const linked = view.links.map(({ target }) => resolve('/', target));
  return [...view.folders, ...linked, ...view.etc, ...real];
}

/** The program on a script's first line, or null for anything else. */
async function readInterpreter(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) {
    // Executable but not readable is legal; then it is no script.
    return null;
  }
  try {
    // The kernel itself reads no more than this of the line (BINPRM_BUF_SIZE).
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return /^#![ \t]*(\/[^ \t\n]*)/.exec(buffer.toString('latin1', 0, bytesRead))?.[1] ?? null;
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
