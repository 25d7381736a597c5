import { join } from 'node:path';
import { copyFor, temporaryFolder } from './account.ts';
import { installed } from './program.ts';
import { root } from './root.ts';

let copies: string | undefined;

/** The folder of a guest where the program under test can read it: the tree may lie in a folder of root's. */
export function guestFolder(name: string): string {
  const original = join(root, 'e2e', 'guests', name);
  const account = installed?.account ?? null;
  if (account === null) {
    return original;
  }
  copies ??= temporaryFolder(account);
  const copy = join(copies, name);
  copyFor(account, original, copy);
  return copy;
}
