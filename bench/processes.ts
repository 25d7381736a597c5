import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src-main/base/clock.ts';
import { MessageBus } from '../src-main/bus/bus.ts';
import { ProcessWatches } from '../src-main/bus/process-watches.ts';
import type { ProcessInfo } from '../src-main/host/generated/astrid-process-1-0-0.ts';
import { createOperationTable } from '../src-main/host/pipeline/operation-table.ts';
import { makeCaller, makePipeline } from '../src-main/host/pipeline/testing.ts';
import { createProcessHosts } from '../src-main/host/process/process.ts';
import { SandboxSpawner } from '../src-main/os/child/spawn.ts';
import { GrantedPaths } from '../src-main/os/files/granted-paths.ts';
import { InjectedFiles } from '../src-main/os/files/injected-files.ts';
import { Homes, Workspaces } from '../src-main/os/files/workspaces.ts';
import { OS_THREADS, script } from '../src-main/os/testing.ts';
import type { ManagedProcess } from '../src-main/processes/process/managed-process.ts';
import type { ProcessSpec } from '../src-main/processes/process/spec.ts';
import { ProcessRegistry } from '../src-main/processes/registry/registry.ts';
import { median } from './ring-compile.ts';
import type { BenchResult } from './ring-compile.ts';

const OWNER = { capsule: 'bench', principal: 'bench', call: null };
const SIZES = [16, 64, 256] as const;
/** What an entry may take: with 256 of them a call holds the others up for half a millisecond. */
const ENTRY_US = 2;

/**
 * Microseconds an entry of `list-processes` through the whole pipeline, of 256 live children with output and without the
 * encoding for the bridge, against copying 256 plain objects with the same properties. Interleaved, medians.
 */
export function listProcesses({ rounds = 201 } = {}): Promise<BenchResult> {
  return withRegistry(async (registry, spec, folder) => {
    const list = listFunction(registry, folder);
    const sizes: string[] = [];
    const ours: number[] = [];
    const reference: number[] = [];
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
      const entries = await list();
      if (entries.length !== size) {
        throw new Error(`The list has ${String(entries.length)} entries of ${String(size)}.`);
      }
      [ours, reference].forEach((all) => all.splice(0));
      for (let round = 0; round < rounds; round += 1) {
        reference.push((await timed(() => Promise.resolve(copies(entries)))) * (1_000 / size));
        ours.push((await timed(list)) * (1_000 / size));
      }
      sizes.push(`${String(size)}: ${median(ours).toFixed(2)} µs`);
    }
    return {
      name: 'list-processes, per entry, 256 live children',
      unit: 'µs',
      ours: median(ours),
      reference: median(reference),
      ratio: median(ours) / median(reference),
      aim: `${String(ENTRY_US)} µs an entry`,
      note: `per entry with ${sizes.join(', ')}; medians of ${String(rounds)} rounds; reference: as many plain objects copied`,
    };
  });
}

/** `list-processes` as a guest's call reaches it. */
function listFunction(registry: ProcessRegistry, folder: string): () => Promise<readonly ProcessInfo[]> {
  const bus = new MessageBus();
  const workspaces = new Workspaces(join(folder, 'workspaces'));
  const homes = new Homes(join(folder, 'homes'));
  const { pipeline } = makePipeline(
    createOperationTable(
      [
        ...createProcessHosts({
          registry,
          watches: new ProcessWatches(registry, bus),
          openWorkspace: (principal, capsule) => workspaces.open(principal, capsule),
          openHome: (principal) => homes.open(principal),
          paths: new GrantedPaths(folder),
          files: new InjectedFiles(join(folder, 'injections')),
          hostEnvironment: {},
          maxConcurrent: () => 0,
        }),
      ],
      () => true,
    ),
  );
  const caller = makeCaller(OWNER);
  return async () => {
    const outcome = await pipeline(caller, 'astrid:process/host@1.0.0#list-processes', [undefined]);
    if (outcome.tag !== 'ok') {
      throw new Error(`The list failed: ${JSON.stringify(outcome)}`);
    }
    return outcome.value as readonly ProcessInfo[];
  };
}

/** In a function of its own and answered, so that the engine cannot leave it out. */
function copies(entries: readonly ProcessInfo[]): readonly ProcessInfo[] {
  return entries.map((entry) => ({ ...entry }));
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
async function withRegistry<T>(
  run: (registry: ProcessRegistry, spec: MakeSpec, folder: string) => Promise<T>,
): Promise<T> {
  const workspace = mkdtempSync(join(tmpdir(), 'capsule-bench-'));
  const spawner = new SandboxSpawner(OS_THREADS);
  const registry = new ProcessRegistry({
    spawn: (spec) => spawner.spawn(spec),
    clock: systemClock,
    limits: { concurrent: 1_000, retainedPerPrincipal: 1_000, entries: 1_000 },
  });
  try {
    const { stdin: _none, ...shell } = await script(workspace, '');
    return await run(registry, (text, more = {}) => ({ ...shell, args: ['-c', text], ...more }), workspace);
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
