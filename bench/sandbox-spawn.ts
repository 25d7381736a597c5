import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountsOf } from '../src-main/os/files/mounts.ts';
import { bubblewrapArguments } from '../src-main/os/sandbox/linux/bubblewrap.ts';
import { SandboxSpawner } from '../src-main/os/child/spawn.ts';
import { OS_THREADS, script } from '../src-main/os/testing.ts';
import { median } from './ring-compile.ts';
import type { BenchResult } from './ring-compile.ts';

/**
 * Milliseconds from the wish to run `true` in its sandbox to its known end, against starting bubblewrap from Node with the
 * same arguments and nothing else (no status, no pipes read, no checks). Interleaved, medians.
 */
export async function sandboxSpawn({ rounds = 60 }: { readonly rounds?: number } = {}): Promise<BenchResult> {
  const workspace = mkdtempSync(join(tmpdir(), 'capsule-bench-'));
  const spawner = new SandboxSpawner(OS_THREADS);
  try {
    const places = { cwd: workspace, workspace, env: { PATH: '/usr/bin:/bin' }, network: false };
    const sandbox = await spawner.sandbox();
    const spec = await script(workspace, '', { command: 'true', args: [] });
    const mounts = mountsOf(spec);
    const { argv, environment } = bubblewrapArguments(
      { ...places, command: ['/usr/bin/true'] },
      mounts,
      sandbox,
    );
    const plain = [...argv];
    plain.splice(plain.indexOf('--json-status-fd'), 4, ...environment);
    const folders = mounts.flatMap(({ handle }) => handle.hold().fd ?? []);
    const ours: number[] = [];
    const reference: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      reference.push(
        await timed(() =>
          once(
            spawn(sandbox.bwrap.path, plain, {
              stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', 'ignore', ...folders],
            }),
            'close',
          ),
        ),
      );
      ours.push(
        await timed(async () => {
          const child = await spawner.spawn(spec);
          await child.exited;
          child.stdout.close();
          child.stderr.close();
        }),
      );
    }
    return {
      name: 'start of a program in its sandbox, to its end',
      unit: 'ms',
      ours: median(ours),
      reference: median(reference),
      ratio: median(ours) / median(reference),
      aim: '≤ 1.5',
      note: `${String(rounds)} rounds of \`true\`; reference: the same bubblewrap arguments from child_process.spawn`,
    };
  } finally {
    await spawner.dispose();
    rmSync(workspace, { recursive: true, force: true });
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
