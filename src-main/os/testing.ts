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
import type { Opened } from './files/opened.ts';
import { openPath } from './files/path-handle.ts';
import { probeSandbox, type Sandbox } from './sandbox/probe.ts';
import { Workspaces, type Workspace } from './files/workspaces.ts';

/** The folder of threads for `SandboxSpawner`; the preparation of a test run makes them from the source under test. */
export const OS_THREADS = resolve('out/kernel');

/** The sandbox of this machine without groups: what the kernel could hold is watched, as on most machines. */
export async function probeWatched(): Promise<Sandbox> {
  return { ...(await probeSandbox()), limits: { groups: null, areHeld: false, detail: 'watched' } };
}

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
 * granted just that. What it opens stays open until
 * `closeOpened`, or the test's process ends: a test may start it often.
 *
 * @throws OsError where there is no such program
 */
export async function script(
  workspace: string,
  text: string,
  { command = 'sh', readOnly = [], writable = [], ...more }: ScriptOptions = {},
): Promise<ScriptSpec> {
  const gate = makeGate({ host_process: [command], fs_read: readOnly, fs_write: writable });
  const allow = (access: 'read' | 'write') => async (path: string) => {
    const held = await openPath(path);
    if (typeof held === 'string') {
      throw new Error(`${path}: ${held}`);
    }
    return gate.require({ kind: 'folder', entry: path, access, path, held, pinned: false });
  };
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

/** Closes what `script` opened for a start. */
export function closeOpened({ workspace, folders = [] }: Opened): void {
  [workspace.handle, ...folders.map(({ value }) => value.held)].forEach((handle) => handle.close());
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
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`never came true: ${condition.toString()}`);
    }
    await pause(5);
  }
}

export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
