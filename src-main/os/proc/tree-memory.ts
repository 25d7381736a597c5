import { MACHINE_NOISE_BYTES, SCAN_GROWTH_BYTES, SCAN_REST_LOOKS } from '../limits.ts';
import { boundOfBuffers } from './kernel-buffers.ts';
import { mapsSharedMemory, NO_DESCRIPTORS, readDescriptors, type Descriptors } from './descriptors.ts';
import { readListedPages, readMachineMemory, type MachineMemory } from './machine-memory.ts';
import { readPrivateFiles } from './private-files.ts';
import { readProcessMemory, readProportionalMemory, readSharedMappings } from './process-stats.ts';
import type { ProcessMemory } from './process-stats.ts';
import type { TreeProcess } from './walk-tree.ts';

/** The memory of everything in a sandbox at one look. */
export interface TreeMemory {
  readonly memoryBytes: number;
  /** False: memory that forked children share with each other may have been counted for each of them. */
  readonly exact: boolean;
  readonly largestProcessBytes: number;
  readonly scan: Scan | null;
  /** The least of the machine's memory, since the first look, that was not this tree's: what it grows by may be. */
  readonly others: MachineMemory;
}

/** What a look has seen of descriptors, for the next ones. */
export interface Scan {
  readonly descriptors: Descriptors;
  /** The machine's shared memory then. */
  readonly shared: number;
  /** Looks that have used it. */
  readonly looks: number;
}

export interface MemoryOptions {
  readonly init: number;
  readonly processes: readonly Pick<TreeProcess, 'pid' | 'threads'>[];
  /** See `TreeOptions`. */
  readonly exactAboveBytes: number;
  readonly limitBytes: number;
  /** The same processes ran at the look before. */
  readonly isSteady: boolean;
  readonly othersBefore: MachineMemory | null;
  readonly scanBefore: Scan | null;
}

/**
 * Adds up: what is resident in processes, with the page tables; the files that the sandbox has in memory; open memory files. What no
 * process shows (shared memory that nobody maps any more, descriptors that wait in a socket, buffers of sockets and pipes) counts
 * where the sandbox has the means for it, and the machine's memory has grown by more than the limit since the first look. So of
 * that there may be as much again as the limit allows.
 */
export function readTreeMemory(options: MemoryOptions): TreeMemory {
  const { processes, exactAboveBytes, limitBytes, isSteady } = options;
  const all = processes.map(({ pid }) => readProcessMemory(pid)).filter((memory) => memory !== null);
  const glance = takeGlance(all, options);
  const { own, content, largestShared, machine } = glance;
  const memory = {
    largestProcessBytes: Math.max(0, ...all.map(({ peak }) => peak)),
    others: glance.others,
  };
  const isBelow = own + machine.shared <= limitBytes && glance.kernelGrowth <= glance.allowance;
  const rough = own + Math.min(content + largestShared, Math.max(content, machine.shared));
  const isWanted = all.length > 1 && rough > exactAboveBytes && isSteady;
  if (isBelow && !isWanted) {
    const isEachOnce = all.length < 2 && (content === 0 || largestShared === 0);
    return { ...memory, memoryBytes: rough, exact: isEachOnce, scan: options.scanBefore };
  }
  if (isBelow) {
    return { ...memory, ...lookCloser(glance, options, NO_DESCRIPTORS), scan: options.scanBefore };
  }
  const earlier = usable(options.scanBefore, glance);
  const found = earlier === null ? null : lookCloser(glance, options, earlier.descriptors);
  // Nothing is ended for a descriptor that may have been closed meanwhile.
  if (found !== null && found.memoryBytes <= limitBytes) {
    return { ...memory, ...found, scan: earlier };
  }
  const descriptors = readDescriptors(processes);
  const scan = { descriptors, shared: machine.shared, looks: 0 };
  return { ...memory, ...lookCloser(glance, options, descriptors), scan };
}

/** What is cheap to see. */
interface Glance extends Parts {
  /** Content of the sandbox's own files. */
  readonly content: number;
  readonly nodes: number;
  readonly devices: ReadonlySet<string>;
  readonly machine: MachineMemory;
  readonly others: MachineMemory;
  /** What the kernel keeps beyond the least since the first look. */
  readonly kernelGrowth: number;
  /** What the machine's memory may grow by before it is asked whose that is. */
  readonly allowance: number;
}

function takeGlance(
  all: readonly ProcessMemory[],
  { init, limitBytes, othersBefore }: MemoryOptions,
): Glance {
  const parts = addUp(all);
  const files = readPrivateFiles(init);
  const machine = readMachineMemory();
  const allowance = Math.max(limitBytes, MACHINE_NOISE_BYTES);
  const listed = machine.kernel - files.nodes;
  const isGrown = othersBefore === null || listed - othersBefore.kernel > allowance;
  const kernel = isGrown ? listed - readListedPages() : listed;
  const others = least(othersBefore, {
    shared: machine.shared - parts.largestShared - files.content,
    kernel,
  });
  const own = parts.own + files.nodes;
  return { ...parts, ...files, own, machine, others, kernelGrowth: kernel - others.kernel, allowance };
}

function usable(scan: Scan | null, { machine, kernelGrowth, allowance }: Glance): Scan | null {
  return scan !== null &&
    scan.looks < SCAN_REST_LOOKS &&
    machine.shared - scan.shared < SCAN_GROWTH_BYTES &&
    kernelGrowth <= allowance
    ? { ...scan, looks: scan.looks + 1 }
    : null;
}

function lookCloser(
  glance: Glance,
  { init, processes, limitBytes }: MemoryOptions,
  descriptors: Descriptors,
): Pick<TreeMemory, 'memoryBytes' | 'exact'> {
  const { own, content, nodes, pageTables, machine, others, allowance, kernelGrowth } = glance;
  const pids = processes.map(({ pid }) => pid);
  const files = content + sum([...descriptors.memoryFiles.values()]);
  const growth = machine.shared - glance.largestShared - files - others.shared;
  const most = own + glance.shared + files;
  const measured =
    descriptors === NO_DESCRIPTORS || most > limitBytes || growth > allowance
      ? measure(pids, { devices: glance.devices, files: new Set(descriptors.memoryFiles.keys()) })
      : null;
  if (measured === null) {
    // Nothing that is mapped and a file at once can make this more than the limit.
    return { memoryBytes: most + boundedBuffers(init, descriptors, kernelGrowth, allowance), exact: false };
  }
  const unmapped = machine.shared - measured.shared - files - others.shared;
  const isItsOwn = unmapped > allowance && (descriptors.hidden || mapsSharedMemory(pids));
  const bytes = measured.bytes + pageTables + nodes + files + (isItsOwn ? unmapped : 0);
  return { memoryBytes: bytes + boundedBuffers(init, descriptors, kernelGrowth, allowance), exact: true };
}

function boundedBuffers(
  init: number,
  descriptors: Descriptors,
  kernelGrowth: number,
  allowance: number,
): number {
  const bytes = kernelGrowth > allowance ? Math.min(kernelGrowth, boundOfBuffers(init, descriptors)) : 0;
  return bytes > allowance ? bytes : 0;
}

interface Parts {
  readonly pageTables: number;
  /** All but shared memory; what forked children share is counted for each. */
  readonly own: number;
  /** Shared memory: of all, counted for each, and the most that one process shows. */
  readonly shared: number;
  readonly largestShared: number;
}

function addUp(all: readonly ProcessMemory[]): Parts {
  const pageTables = sum(all.map((each) => each.pageTables));
  const anonymous = sum(all.map((each) => each.anonymous));
  return {
    pageTables,
    own: pageTables + anonymous + Math.max(0, ...all.map(({ file }) => file)),
    shared: sum(all.map(({ shared }) => shared)),
    largestShared: Math.max(0, ...all.map(({ shared }) => shared)),
  };
}

interface Measured {
  /** Resident, each page once, without what is counted as a file. */
  readonly bytes: number;
  /** What of it is shared memory. */
  readonly shared: number;
}

/** About a millisecond for each gigabyte, and 0.02 for each mapping of a process with shared memory. */
function measure(
  pids: readonly number[],
  counted: { readonly devices: ReadonlySet<string>; readonly files: ReadonlySet<string> },
): Measured | null {
  let [bytes, shared] = [0, 0];
  for (const pid of pids) {
    const share = readProportionalMemory(pid);
    if (share !== null) {
      const elsewhere = share.shared === 0 ? 0 : readSharedMappings(pid, counted);
      bytes += share.all - elsewhere;
      shared += share.shared - elsewhere;
    }
  }
  return bytes === 0 ? null : { bytes, shared };
}

function least(before: MachineMemory | null, now: MachineMemory): MachineMemory {
  return before === null
    ? now
    : { shared: Math.min(before.shared, now.shared), kernel: Math.min(before.kernel, now.kernel) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
