import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Gate } from '../policy/gate.ts';
import { noRights, type Rights } from '../policy/rights.ts';
import type { ByteSource } from './pipes/byte-source.ts';
import type { SandboxedChild } from './child/child.ts';
import type { ChildExit } from './proc/signals.ts';
import type { SpawnSpec } from './child/spawn.ts';
import { GrantedPaths } from './files/granted-paths.ts';
import { Workspaces, type Workspace } from './files/workspaces.ts';

/** For `SandboxSpawner`; the preparation of a test run makes it from the source under test. */
export const LAUNCHER_FILE = resolve('out/kernel/launcher-thread.js');

/** A workspace under `/tmp`, which is the hard case: the sandbox has a `/tmp` of its own. */
export function makeWorkspace(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'capsule-workspace-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What a test says of a start in words, beside what it may set itself. */
export interface ScriptOptions extends Partial<Omit<SpawnSpec, 'program' | 'workspace' | 'folders'>> {
  /** `sh` when absent. */
  readonly command?: string;
  readonly readOnly?: readonly string[];
  readonly writable?: readonly string[];
}

export type ScriptSpec = SpawnSpec & Required<Pick<ScriptOptions, 'command'>>;

/**
 * A shell script as a program in `workspace`: what starts it is found, and allowed by a gate, as for a capsule that was
 * granted just that.
 *
 * @throws OsError where there is no such program
 */
export async function script(
  workspace: string,
  text: string,
  { command = 'sh', readOnly = [], writable = [], ...more }: ScriptOptions = {},
): Promise<ScriptSpec> {
  const gate = makeGate({ host_process: [command], fs_read: readOnly, fs_write: writable });
  const allow = (access: 'read' | 'write') => (path: string) =>
    gate.require({ kind: 'folder', entry: path, access, path, real: null });
  const opened = {
    workspace: await workspaceAt(workspace),
    folders: await Promise.all([...readOnly.map(allow('read')), ...writable.map(allow('write'))]),
  };
  const cwd = more.cwd ?? workspace;
  const found = await new GrantedPaths('/nowhere').program(command, cwd, opened);
  return {
    ...opened,
    command,
    program: await gate.require({ kind: 'program', command, pinned: false, ...found }),
    args: ['-c', text],
    env: { PATH: '/usr/bin:/bin' },
    network: false,
    stdin: 'none',
    ...more,
    cwd,
  };
}

/** The workspace of somebody whose folder this happens to be. */
export function workspaceAt(path: string): Promise<Workspace> {
  const parent = dirname(path);
  return new Workspaces(dirname(parent)).open(basename(parent), basename(path));
}

/** A capsule's gate, with these rights and no others. */
function makeGate(rights: Partial<Rights>): Gate {
  return new Gate(
    {
      resolved: { of: () => [], pin: () => Promise.resolve() },
      ask: () => Promise.resolve(false),
    },
    {
      capsule: 'c',
      principal: 'p',
      rights: { ...noRights, ...rights },
      signal: new AbortController().signal,
    },
  );
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
