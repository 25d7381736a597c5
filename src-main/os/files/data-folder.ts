import { realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { belongsToSandbox } from '../sandbox/spec/check.ts';

/**
 * Why the data folder cannot be at `path`, or null. Looked at before anything is made in it: programs work in folders
 * below it, and the sandbox has its own `/proc`, `/dev` and `/sys` in the place of the machine's. In `/proc` making a
 * folder does not even fail: Node's `mkdir` goes round in circles there (Node 20).
 */
export async function whyNoDataFolder(path: string): Promise<string | null> {
  if (path.includes('\0')) {
    return 'the path contains a NUL character';
  }
  const real = await realPathOf(resolve(path));
  return process.platform !== 'win32' && belongsToSandbox(join(real, 'workspaces'))
    ? `${real} is replaced by the sandbox with its own`
    : null;
}

/** With the links followed of as much of it as is there. */
async function realPathOf(path: string): Promise<string> {
  for (let there = path; ; there = dirname(there)) {
    const real = await realpath(there).catch(() => null);
    if (real !== null || there === dirname(there)) {
      return join(real ?? there, relative(there, path));
    }
  }
}
