import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkspace } from '../testing.ts';

/** Starts programs without a pause, eight at a time, each with a new batch of pipes from time to time. */
const HOST = `
import { SandboxSpawner } from './src-main/os/child/spawn.ts';
import { OS_THREADS, script } from './src-main/os/testing.ts';
const spawner = new SandboxSpawner(OS_THREADS);
await spawner.sandbox();
const spec = await script(process.argv[2], '', { command: 'sleep', args: ['600'], env: {}, stdin: 'pipe' });
console.log('starting');
const start = async () => {
  for (;;) {
    const child = await spawner.spawn(spec);
    child.kill();
    await child.exited;
    child.stdout.close();
    child.stderr.close();
  }
};
for (let i = 0; i < 8; i += 1) void start();
`;

const ROUNDS = Number(process.env['ROUNDS'] ?? 30);
/** A start takes 5 ms and a batch of pipes 2: the end falls anywhere within some of them. */
const LONGEST_LIFE_MS = 120;

const root = join(import.meta.dirname, '../../..');
const bundle = join(root, 'node_modules', `.killed-host-${String(process.pid)}.mjs`);

beforeAll(async () => {
  await build({
    stdin: { contents: HOST, resolveDir: root, loader: 'ts' },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});
afterAll(() => rmSync(bundle, { force: true }));

it('leaves no process and no file behind, whenever it is killed while it starts programs', async () => {
  const left: Readonly<Record<'round', number> & Record<'found', readonly string[]>>[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { path: workspace, remove } = makeWorkspace();
    const { path: temporary, remove: removeTemporary } = makeWorkspace();
    const host = spawn(process.execPath, [bundle, workspace], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: temporary },
    });
    const ended = once(host, 'exit');
    await once(host.stdout, 'data');
    await pause((round / ROUNDS) * LONGEST_LIFE_MS + Math.random() * 5);
    host.kill('SIGKILL');
    await ended;
    const found = await settle(() => [...processesOf(workspace), ...readdirSync(temporary)]);
    if (found.length > 0) {
      left.push({ round, found });
    }
    processesOf(workspace).forEach((line) => process.kill(Number(line.split(' ')[0]), 'SIGKILL'));
    remove();
    removeTemporary();
  }
  expect(left).toEqual([]);
}, 300_000);

/** What is still there when nothing changes any more, or after 5 s. */
async function settle(look: () => readonly string[]): Promise<readonly string[]> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const found = look();
    if (found.length === 0 || performance.now() > deadline) {
      return found;
    }
    await pause(20);
  }
}

/** Pid and beginning of the command line of everything that was started for this workspace, the host included. */
function processesOf(workspace: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const line = commandLine(pid);
      return line.includes(workspace) ? [`${pid} ${line.slice(0, 40).replaceAll('\0', ' ')}`] : [];
    });
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
