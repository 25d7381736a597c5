import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { systemClock } from '../src-main/base/clock.ts';
import { SandboxSpawner } from '../src-main/os/child/spawn.ts';
import { OS_THREADS, script } from '../src-main/os/testing.ts';
import { ProcessRegistry } from '../src-main/processes/registry/registry.ts';
import { compile, median } from './ring-compile.ts';
import type { BenchResult } from './ring-compile.ts';

const TICK_MS = 10;

export interface ThroughputOptions {
  /** Folder with writer.c and reader.c. */
  readonly sources: string;
  readonly bytes?: number;
  readonly rounds?: number;
}

/**
 * GB/s from a child that writes as fast as it can into a ring of 1 MiB: through the whole of our path (pipe, event loop, ring,
 * exit) against a C program that reads the same writer's pipe. Interleaved, medians.
 */
export async function ringThroughput({
  sources,
  bytes = 2e9,
  rounds = 9,
}: ThroughputOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'capsule-bench-'));
  const spawner = new SandboxSpawner(OS_THREADS);
  const registry = new ProcessRegistry({ spawn: (spec) => spawner.spawn(spec), clock: systemClock });
  try {
    const writer = await compile(sources, 'writer', folder);
    const reader = await compile(sources, 'reader', folder);
    const ours: number[] = [];
    const reference: number[] = [];
    let delay = 0;
    for (let round = 0; round < rounds; round += 1) {
      reference.push(await readInC(reader, writer, bytes));
      const seen = await readInRing(registry, writer, folder, bytes);
      ours.push(seen.speed);
      delay = Math.max(delay, seen.delay);
    }
    return {
      name: 'child output into a 1 MiB ring',
      unit: 'GB/s',
      ours: median(ours),
      reference: median(reference),
      // Of neighbours in time: this kind of work comes in a fast and a slow kind, by which cores the scheduler gives it.
      ratio: median(ours.map((speed, round) => speed / (reference[round] ?? Number.NaN))),
      aim: '≥ 0.8',
      note: `${String(bytes / 1e9)} GB × ${String(rounds)} from bench/c/writer.c; reference bench/c/reader.c; longest turn of the event loop meanwhile ${delay.toFixed(1)} ms`,
    };
  } finally {
    await registry.dispose();
    await spawner.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readInC(reader: string, writer: string, bytes: number): Promise<number> {
  const { stdout } = await execa(reader, [writer, String(bytes)]);
  const [total = 0, nanoseconds = 1] = stdout.split(' ').map(Number);
  if (total !== bytes) {
    throw new Error(`The reference read ${String(total)} of ${String(bytes)} bytes.`);
  }
  return bytes / nanoseconds;
}

async function readInRing(
  registry: ProcessRegistry,
  writer: string,
  workspace: string,
  bytes: number,
): Promise<{ readonly speed: number; readonly delay: number }> {
  const owner = { capsule: 'bench', principal: 'bench', call: null };
  const options = { command: writer, args: [String(bytes)], env: {} };
  const { stdin: _none, ...spec } = await script(workspace, '', options);
  let delay = 0;
  let last = performance.now();
  // Seldom enough not to be what is measured.
  const ticking = setInterval(() => {
    const now = performance.now();
    delay = Math.max(delay, now - last - TICK_MS);
    last = now;
  }, TICK_MS);
  const process = await registry.spawn(owner, 'sync', spec);
  // From here the program runs; what the start costs is bench/sandbox-spawn.ts.
  const start = performance.now();
  await process.exited;
  const speed = bytes / ((performance.now() - start) * 1e6);
  clearInterval(ticking);
  const { produced, dropped, retained } = process.view().stdout;
  if (produced !== bytes || dropped + retained !== produced) {
    throw new Error(`Of ${String(bytes)} bytes ${String(dropped)} + ${String(retained)} were accounted for.`);
  }
  return { speed, delay };
}
