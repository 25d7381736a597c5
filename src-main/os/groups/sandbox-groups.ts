import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GROUP_END_LOOKS, GROUP_END_PAUSE_MS, MIN_GROUP_MEMORY_BYTES, PIDS_HEADROOM } from '../limits.ts';
import { readGroupFile, readGroupUsage, writeGroupFile, type GroupUsage } from './group-files.ts';
import { ownGroup } from './own-group.ts';

/** What a group holds; absent: no limit. */
export interface GroupLimits {
  readonly maxMemoryBytes?: number;
  readonly maxPids?: number;
}

/** What the kernel keeps to for the sandboxes of this machine, in words for a person. */
export interface HeldLimits {
  /** Null: none can be had, all is watched. */
  readonly groups: SandboxGroups | null;
  /** Memory and processes are held, not only counted. */
  readonly areHeld: boolean;
  readonly detail: string;
}

/**
 * Looks for a cgroup v2 of this process in which it may make others, and takes it: what an earlier process of this program left is
 * removed. In one that was delegated with other programs in it nothing is touched.
 */
export function openGroups(own = ownGroup()): HeldLimits {
  const watched = (reason: string): HeldLimits => ({
    groups: null,
    areHeld: false,
    detail: `limits watched, up to 20 times a second (${reason})`,
  });
  if ('reason' in own) {
    return watched(own.reason);
  }
  // Root owns every group: that this one is delegated can only be told of what is all there is, as in a container.
  if (process.getuid?.() === 0 && !own.isRoot) {
    return watched('as root no cgroup of systemd is touched');
  }
  const base = basename(own.path) === SELF ? dirname(own.path) : own.path;
  const missing = CONTROLLERS.filter((name) => !listed(base, 'cgroup.controllers').includes(name));
  try {
    sweep(base);
    // Tried here, or the first start would find out.
    new SandboxGroups(base).make({}).remove();
    if (missing.length > 0) {
      return {
        groups: new SandboxGroups(base),
        areHeld: false,
        detail: `limits watched, up to 20 times a second; processor time counted by the kernel (cgroup v2 without ${missing.join(' and ')})`,
      };
    }
    takeControllers(base);
    return {
      groups: new SandboxGroups(base),
      areHeld: true,
      detail: 'limits held by the kernel (cgroup v2)',
    };
  } catch (error) {
    return watched(error instanceof Shared ? error.message : 'no cgroup v2 is delegated to this program');
  }
}

/** Makes a group for each sandbox. */
export class SandboxGroups {
  readonly #base: string;
  #made = 0;

  constructor(base: string) {
    this.#base = base;
  }

  /** Throws what the kernel says; then nothing is left. */
  make(limits: GroupLimits): SandboxGroup {
    this.#made += 1;
    const name = [PREFIX, process.pid, startTicks(process.pid), instances, this.#made].join('.');
    const path = join(this.#base, name);
    mkdirSync(path);
    const group = new SandboxGroup(path);
    try {
      group.limit(limits);
      return group;
    } catch (error) {
      group.remove();
      throw error;
    }
  }
}

/** The group of one sandbox. */
export class SandboxGroup {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Where the kernel has no such controller here, nothing; a program reaches neither the swap nor the limit of its kin. */
  limit({ maxMemoryBytes, maxPids }: GroupLimits): void {
    if (maxMemoryBytes !== undefined && readGroupFile(this.path, 'memory.max') !== null) {
      writeGroupFile(this.path, 'memory.max', String(Math.max(maxMemoryBytes, MIN_GROUP_MEMORY_BYTES)));
      writeGroupFile(this.path, 'memory.oom.group', '1');
      if (readGroupFile(this.path, 'memory.swap.max') !== null) {
        writeGroupFile(this.path, 'memory.swap.max', '0');
      }
    }
    if (maxPids !== undefined && readGroupFile(this.path, 'pids.max') !== null) {
      writeGroupFile(this.path, 'pids.max', String(maxPids + PIDS_HEADROOM));
    }
  }

  /**
   * Takes in a process, with what it starts from now on. Rejects with what the kernel says. Off this thread: the kernel waits
   * until no process of the machine is in the middle of a fork or an end, 10 to 20 ms.
   */
  add(pid: number): Promise<void> {
    return writeFile(join(this.path, 'cgroup.procs'), String(pid));
  }

  /** Of everything that ran in it; also after the end, until it is removed. */
  usage(): GroupUsage | null {
    return readGroupUsage(this.path);
  }

  /** Removes it at once; false while something is in it. */
  remove(): boolean {
    try {
      rmdirSync(this.path);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT';
    }
  }

  /** Ends what is left in it, and removes it. */
  async end(): Promise<void> {
    for (let looks = 0; !this.remove() && looks < GROUP_END_LOOKS; looks += 1) {
      endAll(this.path);
      await pause(GROUP_END_PAUSE_MS);
    }
  }
}

const PREFIX = 'capsule-desktop';
/** Where this program itself goes: a group with controllers for others has no processes of its own. */
const SELF = `${PREFIX}.self`;
const CONTROLLERS = ['memory', 'pids'] as const;
/** Threads and tests may load this more than once into a process. */
const instances = String(process.hrtime.bigint());

class Shared extends Error {}

/** Removes the groups of processes of this program that are no more. */
function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    const [prefix, pid, started] = name.split('.');
    if (prefix === PREFIX && started !== undefined && startTicks(Number(pid)) !== started) {
      endAll(join(base, name));
      new SandboxGroup(join(base, name)).remove();
    }
  }
}

function endAll(path: string): void {
  try {
    writeGroupFile(path, 'cgroup.kill', '1');
  } catch {
    // Gone, or a kernel before 5.14: the end of its namespace ends them too.
  }
}

/** Throws what the kernel says, or `Shared`. */
function takeControllers(base: string): void {
  if (!CONTROLLERS.every((name) => listed(base, 'cgroup.subtree_control').includes(name))) {
    // Only the machine's root group has no type: it alone may have processes and controllers for others.
    if (readGroupFile(base, 'cgroup.type') !== null) {
      leave(base);
    }
    writeGroupFile(base, 'cgroup.subtree_control', CONTROLLERS.map((name) => `+${name}`).join(' '));
  }
}

function leave(base: string): void {
  const inside = listed(base, 'cgroup.procs');
  if (inside.some((pid) => !isOurs(Number(pid)))) {
    throw new Shared(
      'other programs share its cgroup; start it with systemd-run --user --scope -p Delegate=yes',
    );
  }
  const self = join(base, SELF);
  mkdirSync(self, { recursive: true });
  inside.forEach((pid) => writeGroupFile(self, 'cgroup.procs', pid));
}

/** This process, or one that it started. */
function isOurs(pid: number): boolean {
  for (let each = pid; each > 1; each = Number(statFields(each)[1] ?? 0)) {
    if (each === process.pid) {
      return true;
    }
  }
  return false;
}

function listed(path: string, name: string): readonly string[] {
  return (readGroupFile(path, name) ?? '').split(/\s+/).filter((part) => part !== '');
}

/** When a process began; with its pid, which process it is. Empty when it has ended. */
function startTicks(pid: number): string {
  return statFields(pid)[19] ?? '';
}

/** From the state on, the third. */
function statFields(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // Gone, which is an answer.
    return [];
  }
}
