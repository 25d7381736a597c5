import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ByteSource } from './pipes/byte-source.ts';
import type { SandboxedChild } from './child/child.ts';
import type { ChildExit } from './proc/signals.ts';
import type { SpawnSpec } from './child/spawn.ts';

/** A workspace under `/tmp`, which is the hard case: the sandbox has a `/tmp` of its own. */
export function makeWorkspace(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'capsule-workspace-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A shell script as a program in `workspace`. */
export function script(workspace: string, text: string, more: Partial<SpawnSpec> = {}): SpawnSpec {
  return {
    command: 'sh',
    args: ['-c', text],
    cwd: workspace,
    workspace,
    env: { PATH: '/usr/bin:/bin' },
    network: false,
    stdin: 'none',
    ...more,
  };
}

/** All that a stream gives, as latin1 text, and a promise of its end. */
export function collect(source: ByteSource): { readonly text: () => string; readonly ended: Promise<void> } {
  const chunks: string[] = [];
  source.start({
    accept: (bytes) => chunks.push(Buffer.from(bytes).toString('latin1')),
    room: () => Number.MAX_SAFE_INTEGER,
    resumeRoom: 1,
  });
  return { text: () => chunks.join(''), ended: source.ended };
}

export interface Outcome extends ChildExit {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a child to its end. */
export async function outcome(child: SandboxedChild): Promise<Outcome> {
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const exit = await child.exited;
  await Promise.all([stdout.ended, stderr.ended]);
  return { ...exit, stdout: stdout.text(), stderr: stderr.text() };
}

/** Waits until `condition` holds; fails loudly after 10 s. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`never came true: ${condition.toString()}`);
    }
    await pause(5);
  }
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
