import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { expect } from '@playwright/test';
import { pidsWith } from './os-processes.ts';

/** The first start of a large program from a cold disk on a small machine. */
const RUN_LIMIT_MS = 30_000;

/** From the end of a killed application to that of its helpers, which notice by themselves, on a small machine. */
const HELPERS_LIMIT_MS = 15_000;

/** Quits a child in the ordinary way, unless it has ended, and waits for that. */
export async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    await endBy(child, 'SIGTERM');
  }
}

/** Sends a child that runs a signal, and waits until it has ended. Answers its exit code, or the signal that ended it. */
export async function endBy(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<readonly unknown[]> {
  const ended = once(child, 'exit');
  child.kill(signal);
  return ended;
}

/**
 * Removes an application's folder once nothing writes there any more: Chromium's helpers name it on their command
 * lines, outlive an application that was killed by a moment, and save their state in that moment.
 */
export async function removeUnused(folder: string): Promise<void> {
  await expect(() => {
    expect(process.platform === 'linux' ? pidsWith(folder) : []).toEqual([]);
    rmSync(folder, { recursive: true, force: true });
  }).toPass({ timeout: HELPERS_LIMIT_MS });
}

/** Runs a program that ends by itself; rejects with what it wrote when that takes too long or it reports failure. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<void> {
  const child = spawn(program, args, {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: RUN_LIMIT_MS,
  });
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code !== 0) {
    throw new Error(`${program} ended with ${code ?? signal}: ${text}`);
  }
}
