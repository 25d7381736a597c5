import { join } from 'node:path';
import { execa } from 'execa';

/** Compiles `bench/c/<name>.c` into `folder` and returns the program's path. Says what to install when there is no compiler. */
export async function compile(sources: string, name: string, folder: string): Promise<string> {
  const program = join(folder, name);
  const result = await execa('cc', ['-O2', '-o', program, join(sources, `${name}.c`)], { reject: false });
  if (result.code === 'ENOENT') {
    throw new Error('The reference programs are in C: install a compiler (sudo apt install gcc libc6-dev).');
  }
  if (result.failed) {
    throw new Error(`${name}.c did not compile: ${result.stderr}`);
  }
  return program;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** What every benchmark answers. `aim` reads against `ratio` = ours / reference. */
export interface BenchResult {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly reference: number;
  readonly ratio: number;
  readonly aim: string;
  readonly note: string;
}
