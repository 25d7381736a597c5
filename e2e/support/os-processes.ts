import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What Linux tells of one process. */
export interface OsProcess {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly command: string;
  /** Real, effective, saved and file-system user id. */
  readonly uids: readonly number[];
  /** 2: a filter decides on each of its system calls. */
  readonly seccomp: number;
  /** 1: nothing it executes gains rights. */
  readonly noNewPrivs: number;
  /** In how many nested pid namespaces it is known, counted from ours. */
  readonly pidNamespaces: number;
}

/** Pids of live processes (no zombies) whose command line holds `text`; Linux only. */
export function pidsWith(text: string): readonly number[] {
  return allPids().filter((pid) => pid !== process.pid && commandOf(pid).includes(text));
}

/** A process and all that it started, as far as they are alive. */
export function processTree(pid: number): readonly OsProcess[] {
  const all = allPids().flatMap((one) => osProcess(one) ?? []);
  const found = all.filter((one) => one.pid === pid);
  for (const one of found) {
    // The list grows while it is gone through.
    found.push(...all.filter(({ parent }) => parent === one.pid));
  }
  return found;
}

/** False once it has ended and was waited for. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The process that started it, or took it over; 0 when it is gone. */
export function parentOf(pid: number): number {
  return Number(field(statusOf(pid), 'PPid'));
}

/** Names one namespace of a process; two processes are in the same one when the names are equal. */
export function namespaceOf(pid: number, kind: 'pid' | 'mnt' | 'net' | 'ipc'): string {
  return readlinkSync(`/proc/${pid}/ns/${kind}`);
}

/** Resident memory of one process, in bytes; 0 when it is gone. */
export function residentBytes(pid: number): number {
  return Number(field(statusOf(pid), 'VmRSS').split(' ')[0]) * 1024;
}

function osProcess(pid: number): OsProcess | null {
  const status = statusOf(pid);
  if (status === '') {
    return null;
  }
  return {
    pid,
    parent: Number(field(status, 'PPid')),
    name: field(status, 'Name'),
    command: commandOf(pid),
    uids: field(status, 'Uid').split('\t').map(Number),
    seccomp: Number(field(status, 'Seccomp')),
    noNewPrivs: Number(field(status, 'NoNewPrivs')),
    pidNamespaces: field(status, 'NSpid').split('\t').length,
  };
}

function allPids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** A zombie's command line is empty, as is that of a process that is gone. */
function commandOf(pid: number): string {
  return readIfThere(`/proc/${pid}/cmdline`);
}

function statusOf(pid: number): string {
  return readIfThere(`/proc/${pid}/status`);
}

function field(status: string, name: string): string {
  return new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
