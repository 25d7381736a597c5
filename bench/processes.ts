import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src-main/base/clock.ts';
import { processInfo } from '../src-main/host/process/service.ts';
import { SandboxSpawner } from '../src-main/os/child/spawn.ts';
import { script } from '../src-main/os/testing.ts';
import type { ManagedProcess } from '../src-main/processes/process/managed-process.ts';
import type { ProcessSpec } from '../src-main/processes/process/spec.ts';
import { ProcessRegistry } from '../src-main/processes/registry/registry.ts';
import { median } from './ring-compile.ts';
import type { BenchResult } from './ring-compile.ts';

const OWNER = { capsule: 'bench', principal: 'bench', call: null };
const SIZES = [16, 64, 256] as const;
/** Above this the time of an entry grows with their number. */
const LINEAR = 1.5;

/** Microseconds an entry of `list-processes`, of 256 live children with output, against the same of 16. */
export function listProcesses({ rounds = 41 } = {}): Promise<BenchResult> {
  return withRegistry(async (registry, spec) => {
    const perEntry: number[] = [];
    const times: string[] = [];
    let live = 0;
    for (const size of SIZES) {
      // In batches: each start opens five pipes at once.
      for (; live < size; live += 16) {
        await Promise.all(
          Array.from({ length: 16 }, () =>
            startWithOutput(registry, spec('echo out; echo err >&2; exec sleep 600')),
          ),
        );
      }
      const list = (): unknown => registry.list(OWNER, null).map(processInfo);
      const ms = median(await repeat(rounds, () => timed(async () => list())));
      perEntry.push((ms * 1_000) / size);
      times.push(`${String(size)}: ${ms.toFixed(2)} ms`);
    }
    const [reference = Number.NaN] = perEntry;
    const ours = perEntry.at(-1) ?? Number.NaN;
    const growth = ours / reference <= LINEAR ? 'grows linearly' : 'grows faster than linearly';
    return {
      name: 'list-processes, per entry, 256 live children against 16',
      unit: 'µs',
      ours,
      reference,
      ratio: ours / reference,
      aim: `≤ ${String(LINEAR)}`,
      note: `${growth}; ${times.join(', ')}; medians of ${String(rounds)} rounds`,
    };
  });
}

/** Milliseconds from the wish to run a program to its first byte, against Node's `spawn` of it without any sandbox. */
export function firstByte({ rounds = 60 } = {}): Promise<BenchResult> {
  return withRegistry(async (registry, spec) => {
    const ours: number[] = [];
    const reference: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      reference.push(
        await timed(async () => {
          const child = spawn('sh', ['-c', 'echo x'], { stdio: ['ignore', 'pipe', 'pipe'] });
          await once(child.stdout, 'data');
        }),
      );
      const process = await timedValue(ours, () => startWithOutput(registry, spec('echo x')));
      await process.exited;
    }
    return {
      name: 'spawn to first byte',
      unit: 'ms',
      ours: median(ours),
      reference: median(reference),
      ratio: median(ours) / median(reference),
      aim: '≤ 8',
      note: `${String(rounds)} rounds of \`sh -c 'echo x'\`; reference: child_process.spawn, no sandbox, no registry`,
    };
  });
}

/** Milliseconds from the line that lets a program end to its known end with all its output, against Node's `close`. */
export function waitLatency({ rounds = 60 } = {}): Promise<BenchResult> {
  return withRegistry(async (registry, spec) => {
    const line = Buffer.from('\n');
    const text = 'echo x; read line';
    const ours: number[] = [];
    const reference: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const child = spawn('sh', ['-c', text], { stdio: 'pipe' });
      await once(child.stdout, 'data');
      reference.push(
        await timed(() => {
          child.stdin.write(line);
          return once(child, 'close');
        }),
      );
      const process = await startWithOutput(registry, spec(text, { keepStdinOpen: true }));
      ours.push(
        await timed(() => {
          void process.writeStdin(line);
          return process.exited;
        }),
      );
    }
    return {
      name: 'end of a program to its known end',
      unit: 'ms',
      ours: median(ours),
      reference: median(reference),
      ratio: median(ours) / median(reference),
      aim: '≤ 8',
      note: `${String(rounds)} rounds of \`read line\`; reference: 'close' of child_process.spawn, no sandbox`,
    };
  });
}

type MakeSpec = (text: string, more?: Partial<ProcessSpec>) => ProcessSpec;

/** A registry as the application has it, but for its ceilings; nothing of it is left afterwards. */
async function withRegistry<T>(run: (registry: ProcessRegistry, spec: MakeSpec) => Promise<T>): Promise<T> {
  const workspace = mkdtempSync(join(tmpdir(), 'capsule-bench-'));
  const spawner = new SandboxSpawner();
  const registry = new ProcessRegistry({
    spawn: (spec) => spawner.spawn(spec),
    clock: systemClock,
    limits: { concurrent: 1_000, retainedPerPrincipal: 1_000, entries: 1_000 },
  });
  try {
    const { stdin: _none, ...shell } = await script(workspace, '');
    return await run(registry, (text, more = {}) => ({ ...shell, args: ['-c', text], ...more }));
  } finally {
    await registry.dispose();
    await spawner.dispose();
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** Resolves when the program's first bytes are in its ring. */
async function startWithOutput(registry: ProcessRegistry, spec: ProcessSpec): Promise<ManagedProcess> {
  const process = await registry.spawn(OWNER, 'persistent', spec);
  if (!process.readable) {
    await new Promise<void>((resolve) => {
      const undo = process.onOutput(() => {
        undo();
        resolve();
      });
    });
  }
  return process;
}

async function repeat(rounds: number, run: () => Promise<number>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    all.push(await run());
  }
  return all;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

async function timedValue<T>(times: number[], run: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await run();
  times.push(performance.now() - start);
  return value;
}
