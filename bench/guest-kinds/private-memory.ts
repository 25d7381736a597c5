import { readFileSync } from 'node:fs';

/** Bytes of a process that are nobody else's. */
export function privateBytes(pid: number): number {
  return memoryOf(pid).private;
}

export interface ProcessMemory {
  readonly resident: number;
  /** What several have counts in parts. */
  readonly proportional: number;
  readonly private: number;
}

/** In bytes, by the kernel's own sums. */
export function memoryOf(pid: number): ProcessMemory {
  const text = readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'latin1');
  const bytes = (name: string): number =>
    1_024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  return {
    resident: bytes('Rss'),
    proportional: bytes('Pss'),
    private: bytes('Private_Clean') + bytes('Private_Dirty'),
  };
}
