import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const LOOKS = ['realpath', 'stat', 'lstat', 'access', 'open', 'readlink', 'readdir', 'readFile'] as const;

/**
 * Runs `look` with a swap by hand before its `at`-th call (from 0) into the file system that names `path` or a place above or
 * below it: what a program of a capsule can do there by luck. The calls are the real ones, with the swap before one of them.
 *
 * @returns what became of `look`, and whether it got as far as that call
 */
export async function swapBefore<T>(
  at: number,
  path: string,
  swap: () => void,
  look: () => Promise<T>,
): Promise<{ readonly outcome: PromiseSettledResult<T>; readonly swapped: boolean }> {
  let calls = 0;
  const real = Object.fromEntries(LOOKS.map((name) => [name, fs.promises[name]]));
  const realOpen = fs.open;
  const before = (name: unknown): void => {
    if (typeof name === 'string' && (`${name}/`.startsWith(`${path}/`) || path.startsWith(`${name}/`))) {
      if (calls === at) {
        swap();
      }
      calls += 1;
    }
  };
  for (const name of LOOKS) {
    const original = fs.promises[name] as (...args: unknown[]) => Promise<unknown>;
    Object.assign(fs.promises, {
      [name]: (...args: unknown[]) => {
        before(args[0]);
        return original(...args);
      },
    });
  }
  Object.assign(fs, {
    open: (...args: Parameters<typeof fs.open>) => {
      before(args[0]);
      realOpen(...args);
    },
  });
  syncBuiltinESMExports();
  try {
    const [outcome] = await Promise.allSettled([look()]);
    return { outcome, swapped: calls > at };
  } finally {
    Object.assign(fs.promises, real);
    Object.assign(fs, { open: realOpen });
    syncBuiltinESMExports();
  }
}
