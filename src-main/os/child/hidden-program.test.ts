import { execFile } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OS_THREADS, makeWorkspace } from '../testing.ts';

const { path: workspace, remove } = makeWorkspace();
const NOBODY = 65_534;

afterAll(remove);

/** What `code` prints when an ordinary user runs it; `spawner` and `await spec(command, ...args)` are there for it. */
async function asNobody(code: string): Promise<unknown> {
  const outfile = join(workspace, 'script.mjs');
  const contents = `
    import { SandboxSpawner } from './spawn.ts';
    import { OS_THREADS, script } from '../testing.ts';
    const spawner = new SandboxSpawner(OS_THREADS);
    const spec = (command, ...args) => script(process.cwd(), '', { command, args });
    const answer = await (async () => { ${code} })();
    await spawner.dispose();
    console.log(JSON.stringify(answer));`;
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    ...{ bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' },
    // A whole copy of everything: the other user may not be able to read the project. Some packages still call `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  const copies = join(workspace, relative(process.cwd(), OS_THREADS));
  mkdirSync(copies, { recursive: true });
  for (const file of ['launcher-thread.js', 'tree-thread.js']) {
    copyFileSync(join(OS_THREADS, file), join(copies, file));
  }
  writeFileSync(join(workspace, 'package.json'), '{ "type": "module" }');
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], {
    ...{ uid: NOBODY, gid: NOBODY, cwd: workspace, timeout: 18_000 },
    env: { PATH: '/usr/bin:/bin' },
  });
  return JSON.parse(stdout);
}

// Only the kernel's root can make a file that another user may run but not read.
describe.skipIf(process.getuid?.() !== 0)('a program that its user may run but not read', () => {
  const hidden = join(workspace, 'hidden');

  beforeAll(() => {
    chownSync(workspace, NOBODY, NOBODY);
    copyFileSync('/bin/sleep', hidden);
    chmodSync(hidden, 0o711);
  });

  it('counts as started while it runs, and can be signalled, looked at and ended', async () => {
    const answer = await asNobody(`
      const child = await spawner.spawn(await spec('./hidden', '60'));
      const seen = [child.ended, child.programPid !== null, (await child.look())?.tasks, await child.signal('cont')];
      child.kill();
      const exit = await child.exited;
      child.stdout.close();
      child.stderr.close();
      return [...seen, exit];`);
    expect(answer).toEqual([false, true, 1, true, { code: null, signal: 9 }]);
  });

  it('is told from one that could not be executed', async () => {
    const answer = await asNobody(`
      const { writeFileSync, chmodSync } = await import('node:fs');
      writeFileSync('broken', '#!/etc/passwd');
      chmodSync('broken', 0o755);
      return spawner.spawn(await spec('./broken')).then(() => 'started', ({ code }) => code);`);
    expect(answer).toBe('spawn-failed');
  });
});
