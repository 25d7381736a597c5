import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { makeWorkspace, until } from '../../os/testing.ts';

// Ten persistent programs that ignore TERM, in a process of their own that is then killed without warning.
const HOLDER = `
import { systemClock } from './src-main/base/clock.ts';
import { SandboxSpawner } from './src-main/os/child/spawn.ts';
import { OS_THREADS, script } from './src-main/os/testing.ts';
import { ProcessRegistry } from './src-main/processes/registry/registry.ts';
const spawner = new SandboxSpawner(OS_THREADS);
const registry = new ProcessRegistry({ spawn: (spec) => spawner.spawn(spec), clock: systemClock, limits: { concurrent: 10 } });
const { stdin: _none, ...spec } = await script(process.argv[2], 'trap "" TERM HUP INT; while :; do sleep 1; done');
const owner = { capsule: 'c', principal: 'p', call: null };
const all = await Promise.all(Array.from({ length: 10 }, () => registry.spawn(owner, 'persistent', spec)));
console.log(JSON.stringify(all.map((one) => one.view().osPid)));
`;

it('leaves no orphan when the application is killed while ten processes run', async () => {
  const root = join(import.meta.dirname, '../../..');
  const { path: workspace, remove } = makeWorkspace();
  // Inside the project, so that the bundle finds its packages.
  const bundle = join(root, 'node_modules', `.orphans-${String(process.pid)}.mjs`);
  const built = await build({
    stdin: { contents: HOLDER, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    external: ['execa'],
  });
  writeFileSync(bundle, built.outputFiles[0]?.contents ?? '');
  try {
    const holder = spawn(process.execPath, [bundle, workspace], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(holder.stdout, 'data')) as [Buffer];
    const pids = JSON.parse(line.toString()) as number[];
    expect(pids.filter((pid) => existsSync(`/proc/${String(pid)}`)).length).toBe(10);
    holder.kill('SIGKILL');
    await until(() => pids.every((pid) => !existsSync(`/proc/${String(pid)}`)));
  } finally {
    rmSync(bundle, { force: true });
    remove();
  }
});
