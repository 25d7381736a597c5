import { RESERVED_FOLDERS, SHARED_MEMORY, SYSTEM_FOLDERS } from '../../limits.ts';
import { OsError } from '../../os-error.ts';
import type { CommandSpec, ResourceLimits } from './spec.ts';

/** Throws `invalid-spawn` for anything that bubblewrap would misread or that would undo the sandbox. */
export function checkSandboxSpec(spec: CommandSpec): void {
  const [program, ...args] = spec.command;
  checkPath('program', program);
  args.forEach((arg) => checkText('an argument', arg));
  checkPath('working directory', spec.cwd);
  const workspace = spec.workspace === undefined ? [] : [spec.workspace];
  for (const path of [...workspace, ...(spec.readOnly ?? []), ...(spec.writable ?? [])]) {
    checkPath('folder', path);
    checkBindable(path);
  }
  for (const { source, target } of spec.injections ?? []) {
    checkPath('injected file', source);
    checkPath('place of an injected file', target);
    checkBindable(target);
  }
  for (const [name, value] of Object.entries(spec.env)) {
    if (name === '' || name.includes('=')) {
      throw refusal(`The environment variable name ${JSON.stringify(name)} is empty or contains "=".`);
    }
    checkText('an environment variable', name);
    checkText('an environment variable', value);
  }
  checkLimits(spec.limits ?? {});
}

/** The same for the place of a mount, which may be another than the name of what is mounted. */
export function checkTarget(path: string): void {
  checkPath('place of a mount', path);
  checkBindable(path);
}

/** True when `path` is `folder` or inside it. Both absolute and normalised. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** A bind there would replace the system view or the sandbox's own `/proc` and `/dev`. */
export function belongsToSandbox(path: string): boolean {
  const covers = [...SYSTEM_FOLDERS, '/etc', '/tmp', SHARED_MEMORY, ...RESERVED_FOLDERS].some((own) =>
    isWithin(own, path),
  );
  // A file system of the sandbox's own, empty as `/tmp`: folders below it can be shown there.
  return covers || (RESERVED_FOLDERS.some((own) => isWithin(path, own)) && !isWithin(path, SHARED_MEMORY));
}

function checkBindable(path: string): void {
  if (belongsToSandbox(path)) {
    throw refusal(`The folder ${path} belongs to the sandbox and cannot be shared with a program.`);
  }
}

function checkPath(what: string, path: string): void {
  checkText(`the ${what}`, path);
  const plain = path
    .split('/')
    .slice(1)
    .every((part) => part !== '' && part !== '.' && part !== '..');
  if (!path.startsWith('/') || (path !== '/' && !plain)) {
    throw refusal(`The ${what} ${JSON.stringify(path)} is not a plain absolute path.`);
  }
}

function checkText(what: string, text: string): void {
  if (text.includes('\0')) {
    throw refusal(`NUL character in ${what}.`);
  }
}

function checkLimits(limits: ResourceLimits): void {
  for (const [name, value] of Object.entries(limits) as [string, number | undefined][]) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1)) {
      throw refusal(`The limit ${name} must be a positive integer, not ${String(value)}.`);
    }
  }
}

function refusal(message: string): OsError {
  return new OsError('invalid-spawn', message, 'Nothing was started. Correct the request.');
}
