import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';

/**
 * In a process of its own, which ends by what nobody caught: a start whose last descriptors are taken between the question for
 * them and the start itself, as another thread can, and then one that has enough.
 */
const ATTEMPTS = `
import { closeSync, openSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HOST_SHELL } from './host-tool.ts';
import { runTool } from './run-tool.ts';
const taken = [];
const options = {
  get cwd() {
    try {
      for (;;) taken.push(openSync('/dev/null', 'r'));
    } catch {
      // None left.
    }
    return '/';
  },
};
const said = await runTool(HOST_SHELL, ['-c', 'true'], options).catch(({ code }) => code);
await nextTurn();
taken.forEach((fd) => closeSync(fd));
const { ok } = await runTool(HOST_SHELL, ['-c', 'true']);
console.log(JSON.stringify({ said, ok }));
`;

it('fails alone when another thread takes the last descriptors in between, and ends nothing else', async () => {
  // Inside the project, so that the bundle finds its packages.
  const modules = join(import.meta.dirname, '../../../node_modules');
  const file = join(modules, `.run-tool-${String(process.pid)}.mjs`);
  onTestFinished(() => rmSync(file, { force: true }));
  const stdin = { contents: ATTEMPTS, resolveDir: import.meta.dirname, loader: 'ts' } as const;
  const shape = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
  await build({ ...shape, stdin, outfile: file, logLevel: 'error' });
  // The hard limit: Node raises the soft one.
  const limited = ['-c', 'ulimit -n 100; exec "$0" "$@"', process.execPath, file];
  expect(JSON.parse(execFileSync('sh', limited, { encoding: 'utf8' }))).toEqual({
    said: 'spawn-failed',
    ok: true,
  });
});
