import { readdirSync, readFileSync, statSync } from 'node:fs';

/** The fields of `/proc/<pid>/stat` that matter here. */
export interface ProcessStat {
  /** One letter: R runs, S sleeps, D cannot be interrupted, T is stopped, Z waits to be reaped. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  /** CPU time of its own, in clock ticks. */
  readonly ownTicks: number;
  /** CPU time of its descendants that have ended and were waited for, all the way down. */
  readonly reapedTicks: number;
  readonly threads: number;
  /** When it began, in clock ticks since the machine started; with the pid, which process it is. */
  readonly startTicks: number;
}

/** What `/proc/<pid>/status` says of memory, in bytes. */
export interface ProcessMemory {
  /** Resident pages that belong to no file. Shared with a parent until one of them writes. */
  readonly anonymous: number;
  /** Resident pages of files: counted once in memory however many processes show them. */
  readonly file: number;
  /** Resident pages of shared memory, tmpfs and memory files among it. */
  readonly shared: number;
  /** What the kernel keeps to map all that: nobody else's, not resident, and without bound where only zeros are read. */
  readonly pageTables: number;
  /** The most that was resident at one time. */
  readonly peak: number;
}

/** The private writable memory of a process in bytes, touched or not, as `RLIMIT_DATA` counts it; null when it has ended. */
export function readDataBytes(pid: number): number | null {
  const kilobytes = /^VmData:\s*(\d+) kB$/m.exec(readProc(`${String(pid)}/status`) ?? '')?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1_024;
}

/** Null when there is no such process. */
export function readProcessStat(pid: number): ProcessStat | null {
  const text = readProc(`${String(pid)}/stat`);
  if (text === null) {
    return null;
  }
  // The name in parentheses may hold anything, so count from the last one: state, ppid, pgrp, … utime is field 14.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (field: number): number => Number(fields[field - 3] ?? 0);
  return {
    state: fields[0] ?? '',
    parent: at(4),
    group: at(5),
    ownTicks: at(14) + at(15),
    reapedTicks: at(16) + at(17),
    threads: at(20),
    startTicks: at(22),
  };
}

/**
 * Whether `pid` certainly is the init of a sandbox: child of the outer bubblewrap, which must be un-reaped, and leader of its
 * own group.
 */
export function isInit(pid: number, outer: number): boolean {
  const stat = readProcessStat(pid);
  return stat?.parent === outer && stat.group === pid;
}

/** Null when there is no such process, or it has ended and only waits to be reaped. */
export function readProcessMemory(pid: number): ProcessMemory | null {
  const text = readWithMemory(pid, 'status', /^VmHWM:/m) ?? '';
  const peak = kibibytes(text, 'VmHWM');
  return peak === null
    ? null
    : {
        peak,
        anonymous: kibibytes(text, 'RssAnon') ?? 0,
        pageTables: kibibytes(text, 'VmPTE') ?? 0,
        file: kibibytes(text, 'RssFile') ?? 0,
        shared: kibibytes(text, 'RssShmem') ?? 0,
      };
}

/** Resident bytes with each shared page divided among those who share it (PSS). */
export interface ProportionalMemory {
  readonly all: number;
  /** What of it is shared memory. */
  readonly shared: number;
}

/** Null when it cannot be read. */
export function readProportionalMemory(pid: number): ProportionalMemory | null {
  const text = readWithMemory(pid, 'smaps_rollup', /^Pss:/m) ?? '';
  const all = kibibytes(text, 'Pss');
  return all === null ? null : { all, shared: kibibytes(text, 'Pss_Shmem') ?? 0 };
}

/** PSS of the mappings of these file systems and files; both as `/proc/<pid>/maps` names them. */
export function readSharedMappings(
  pid: number,
  of: { readonly devices: ReadonlySet<string>; readonly files: ReadonlySet<string> },
): number {
  const text = readWithMemory(pid, 'smaps', /^Pss:/m) ?? '';
  const mapping = /^[0-9a-f]+-[0-9a-f]+ \S+ \S+ (\S+) (\d+)[^]*?^Pss:\s*(\d+) kB$/gm;
  return [...text.matchAll(mapping)].reduce((sum, [, device = '', inode = '', pss = '0']) => {
    const isOne = of.devices.has(device) || of.files.has(`${device} ${inode}`);
    return isOne ? sum + Number(pss) * 1024 : sum;
  }, 0);
}

/**
 * The share of the time in which it could run that a process did run, its first thread's; one where the kernel does not tell.
 */
export function readTimeShare(pid: number): number {
  const [ran, waited] = (readProc(`${String(pid)}/schedstat`) ?? '').split(' ').map(Number);
  return ran === undefined || waited === undefined ? 1 : ran === 0 ? 0 : ran / (ran + waited);
}

/** The direct children of `pid`, by whichever of its `threads` they were started. */
export function readChildren(pid: number, threads = 1): readonly number[] {
  const tasks = threads > 1 ? readTasks(pid) : [String(pid)];
  return tasks.flatMap((task) =>
    (readProc(`${String(pid)}/task/${task}/children`) ?? '')
      .split(' ')
      .filter((part) => part !== '')
      .map(Number),
  );
}

/** The threads of `pid`; none when there is no such process. */
export function readTasks(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${String(pid)}/task`);
  } catch {
    return [];
  }
}

/** The state of one thread, a letter as in `ProcessStat`; empty when it has gone. */
export function readTaskState(pid: number, task: string): string {
  const text = readProc(`${String(pid)}/task/${task}/stat`) ?? '';
  return text.slice(text.lastIndexOf(')') + 2).charAt(0);
}

/** Numbers of the signals that wait for a process or its first thread. */
export function readPendingSignals(pid: number): ReadonlySet<number> {
  const text = readProc(`${String(pid)}/status`) ?? '';
  const masks = [...text.matchAll(/^(?:SigPnd|ShdPnd):\s*([0-9a-f]+)$/gm)].map(([, mask]) =>
    BigInt(`0x${mask ?? '0'}`),
  );
  const all = masks.reduce((sum, mask) => sum | mask, 0n);
  return new Set(
    Array.from({ length: 64 }, (_, bit) => bit + 1).filter((n) => ((all >> BigInt(n - 1)) & 1n) === 1n),
  );
}

/**
 * What a process calls itself, the beginning of its command line; null when it has ended. It waits for a lock that the process
 * can hold: not for programs of others.
 */
export function readName(pid: number): string | null {
  return readProc(`${String(pid)}/cmdline`)?.split('\0')[0] ?? null;
}

/** Which file a process executes, as device and inode; null when it has ended. It changes when a program is replaced by another. */
export function readExecutable(pid: number): string | null {
  return fileIdentity(`/proc/${String(pid)}/exe`);
}

/** Device and inode of a file, links followed; null when there is none. */
export function fileIdentity(path: string): string | null {
  try {
    const { dev, ino } = statSync(path);
    return `${String(dev)}:${String(ino)}`;
  } catch {
    // Gone, which is an answer.
    return null;
  }
}

/** Processes and threads of the whole machine. Costs a hundredth of a millisecond. */
export function countMachineTasks(): number {
  return Number(/\d+\/(\d+)/.exec(readProc('loadavg') ?? '')?.[1] ?? 0);
}

/** Of a process whose first thread has ended the others tell. */
function readWithMemory(pid: number, file: string, told: RegExp): string | null {
  const text = readProc(`${String(pid)}/${file}`);
  if (text !== null && told.test(text)) {
    return text;
  }
  for (const task of readTasks(pid)) {
    const other = readProc(`${String(pid)}/task/${task}/${file}`);
    if (other !== null && told.test(other)) {
      return other;
    }
  }
  return null;
}

function kibibytes(text: string, name: string): number | null {
  const value = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1];
  return value === undefined ? null : Number(value) * 1024;
}

function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    // Gone, which is an answer.
    return null;
  }
}
