import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SandboxSpawner } from './spawn.ts';
import { OS_THREADS, makeWorkspace, openDescriptors, script, until } from '../testing.ts';

/**
 * Spawns with `free` descriptors left, in a process of its own: what nobody caught there ends it, and so does a descriptor that
 * is still open when the spawner was disposed. Answers for each number what a start came to.
 */
const ATTEMPTS = `
import { closeSync, openSync } from 'node:fs';
import { probeSandbox } from '../sandbox/probe.ts';
import { SandboxSpawner } from './spawn.ts';
import { OS_THREADS, openDescriptors, script, until } from '../testing.ts';
const workspace = process.argv[2];
const sandbox = await probeSandbox();
const spec = await script(workspace, 'true', { stdin: 'pipe' });
const run = async (spawner) => {
  const child = await spawner.spawn(spec);
  child.stdout.close();
  child.stderr.close();
  return child.exited;
};
const withFree = async (free, work) => {
  const fillers = [];
  try {
    for (;;) fillers.push(openSync('/dev/null', 'r'));
  } catch {
    // None left.
  }
  fillers.splice(0, free).forEach((fd) => closeSync(fd));
  const answer = await work().then(() => 'ok', ({ code, message }) => code + ': ' + message);
  fillers.forEach((fd) => closeSync(fd));
  return answer;
};
const answers = [];
const cases = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 18, 24, 36].map((free) => ({ prepared: true, free })),
  ...[0, 3, 6, 9, 18].map((free) => ({ prepared: false, free })),
];
for (const { prepared, free } of cases) {
  const before = openDescriptors();
  const spawner = new SandboxSpawner(OS_THREADS, () => Promise.resolve(sandbox));
  // With pipes in the pool, or without, so that they have to be made first.
  await (prepared ? run(spawner) : spawner.sandbox());
  const answer = await withFree(free, () => run(spawner));
  await spawner.dispose();
  await until(() => openDescriptors() <= before);
  answers.push({ prepared, free, answer });
}
const probed = await withFree(0, probeSandbox);
console.log(JSON.stringify({ answers, probed }));
`;

interface Attempt {
  readonly prepared: boolean;
  readonly free: number;
  readonly answer: string;
}

describe('a system without a free descriptor', () => {
  it('fails the start with its reason, wherever they run out, and keeps none', async () => {
    const { path: workspace, remove } = makeWorkspace();
    onTestFinished(remove);
    // Inside the project, so that the bundle finds its packages.
    const modules = join(import.meta.dirname, '../../../node_modules');
    const file = join(modules, `.descriptors-${String(process.pid)}.mjs`);
    onTestFinished(() => rmSync(file, { force: true }));
    const stdin = { contents: ATTEMPTS, resolveDir: import.meta.dirname, loader: 'ts' } as const;
    const shape = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const;
    await build({ ...shape, stdin, outfile: file, logLevel: 'error' });
    // The hard limit: Node raises the soft one.
    const text = execFileSync(
      'sh',
      ['-c', 'ulimit -n 160; exec "$0" "$@"', process.execPath, file, workspace],
      {
        encoding: 'utf8',
        env: { ...process.env, TMPDIR: workspace },
      },
    );
    const { answers, probed } = JSON.parse(text) as { answers: readonly Attempt[]; probed: string };
    const reason = 'spawn-failed: The program could not be started: too many open files.';
    expect(probed).toBe(reason);
    const short = answers.filter(({ prepared, free }) => !prepared || free < 5);
    expect(short.map(({ answer }) => answer)).toEqual(short.map(() => reason));
    expect([...new Set(answers.map(({ answer }) => answer))].toSorted()).toEqual(['ok', reason].toSorted());
    expect(readdirSync(workspace)).toEqual([]);
  });
});

describe('a command line that the system does not take', () => {
  it('fails the start with its reason, without the line in the text', async () => {
    const { path: workspace, remove } = makeWorkspace();
    onTestFinished(remove);
    const spec = await script(workspace, 'true', { stdin: 'pipe' });
    const attempt = async (): Promise<void> => {
      const spawner = new SandboxSpawner(OS_THREADS);
      await expect(spawner.spawn({ ...spec, args: ['x'.repeat(140_000)] })).rejects.toMatchObject({
        code: 'spawn-failed',
        message: 'The program could not be started: its arguments and environment are too large.',
        hint: 'Pass less, or pass the data in a file.',
      });
      await spawner.dispose();
    };
    // The first opens what a process keeps from then on.
    await attempt();
    const before = openDescriptors();
    await attempt();
    await until(() => openDescriptors() <= before);
  });
});
