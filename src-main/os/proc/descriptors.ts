import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { BLOCK_BYTES, MAX_SCANNED_DESCRIPTORS } from '../limits.ts';
import { deviceName } from './private-files.ts';
import { readTasks } from './process-stats.ts';
import type { TreeProcess } from './walk-tree.ts';

/** What the open descriptors of some processes refer to, each thing once. */
export interface Descriptors {
  /** Files of memory (`memfd_create`): the bytes of each, by device and inode as `/proc/<pid>/maps` names them. */
  readonly memoryFiles: ReadonlyMap<string, number>;
  readonly pipes: number;
  readonly sockets: number;
  /** There may be more: descriptors wait in a socket to be received, there were too many, or a process does not let them be seen. */
  readonly hidden: boolean;
}

export const NO_DESCRIPTORS: Descriptors = { memoryFiles: new Map(), pipes: 0, sockets: 0, hidden: false };

/** 3 µs for each descriptor, 10 for a socket; of threads too, which may have descriptors of their own. */
export function readDescriptors(processes: readonly Pick<TreeProcess, 'pid' | 'threads'>[]): Descriptors {
  const memoryFiles = new Map<string, number>();
  const others = { pipe: new Set<string>(), socket: new Set<string>() };
  let [left, hidden] = [MAX_SCANNED_DESCRIPTORS, false];
  for (const task of processes.flatMap(taskFolders)) {
    const fds = entries(`${task}/fd`);
    hidden ||= fds === null;
    for (const fd of fds ?? []) {
      left -= 1;
      if (left < 0) {
        return { memoryFiles, pipes: others.pipe.size, sockets: others.socket.size, hidden: true };
      }
      const target = linkTarget(`${task}/fd/${fd}`);
      const kind = target.startsWith('socket:') ? 'socket' : target.startsWith('pipe:') ? 'pipe' : null;
      if (kind !== null && !others[kind].has(target)) {
        others[kind].add(target);
        hidden ||= kind === 'socket' && holdsDescriptors(`${task}/fdinfo/${fd}`);
      } else if (target.startsWith(MEMORY_FILE)) {
        addFile(memoryFiles, `${task}/fd/${fd}`);
      }
    }
  }
  return { memoryFiles, pipes: others.pipe.size, sockets: others.socket.size, hidden };
}

/** Whether one of the processes maps memory that it shares, of which the kernel may keep more than the mapping shows. */
export function mapsSharedMemory(pids: readonly number[]): boolean {
  return pids.some((pid) => SHARED_MAPPING.test(text(`/proc/${String(pid)}/maps`)));
}

/** How `/proc` names them. No file of a sandbox can be called so: its root is read-only. */
const MEMORY_FILE = '/memfd:';
const SHARED_MAPPING = / (?:\/memfd:|\/dev\/zero \(deleted\)|\/SYSV)/;

function taskFolders({ pid, threads }: Pick<TreeProcess, 'pid' | 'threads'>): readonly string[] {
  const folder = `/proc/${String(pid)}`;
  return threads > 1 ? readTasks(pid).map((id) => `${folder}/task/${id}`) : [folder];
}

function addFile(files: Map<string, number>, path: string): void {
  try {
    const { dev, ino, blocks } = statSync(path);
    files.set(`${deviceName(dev)} ${String(ino)}`, blocks * BLOCK_BYTES);
  } catch {
    // Closed meanwhile.
  }
}

function holdsDescriptors(info: string): boolean {
  return /^scm_fds:\s*[1-9]/m.test(text(info));
}

/** Null when they must not be seen: of a program that nobody may read, or that has said so (PR_SET_DUMPABLE). */
function entries(folder: string): readonly string[] | null {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? null : [];
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile.
    return '';
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone, which is an answer.
    return '';
  }
}
