import { readFileSync } from 'node:fs';
import { PAGE_BYTES } from '../limits.ts';

/** Memory of the whole machine that belongs to no process by itself, in bytes. */
export interface MachineMemory {
  /** Of all tmpfs, memory files and shared mappings, System V's included. */
  readonly shared: number;
  /**
   * What the kernel keeps: socket buffers, pipes, its own tables. Not counted are what belongs to processes or to files and what
   * the kernel gives back when memory is short; but free pages that wait in a processor's list are, see `readListedPages`.
   */
  readonly kernel: number;
}

/** Costs a hundredth of a millisecond. */
export function readMachineMemory(): MachineMemory {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024;
  // `Cached` has the shared memory in it.
  const explained = [
    'MemFree',
    'Buffers',
    'Cached',
    'SwapCached',
    'AnonPages',
    'SReclaimable',
    'PageTables',
    'KernelStack',
    'Hugetlb',
  ];
  return {
    shared: of('Shmem'),
    kernel: explained.reduce((left, name) => left - of(name), of('MemTotal')),
  };
}

/**
 * Bytes of free pages that wait in lists of each processor: after much was freed a gigabyte and more. 0.015 ms for each processor. Infinite where it
 * may not be read: nothing can be told from what the kernel keeps then.
 */
export function readListedPages(): number {
  let text: string;
  try {
    text = readFileSync('/proc/zoneinfo', 'utf8');
  } catch {
    return Infinity;
  }
  const pages = [...text.matchAll(/^ +count: +(\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  return pages * PAGE_BYTES;
}
