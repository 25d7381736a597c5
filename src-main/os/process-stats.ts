import { readFileSync } from 'node:fs';
import { CLOCK_TICK_MS } from './limits.ts';

/** What one program has used so far. */
export interface ProcessUsage {
  /** CPU time of the program and of its children that it has waited for. */
  readonly cpuMs: number;
  /** Largest resident memory of the program itself so far, in bytes. */
  readonly peakMemoryBytes: number;
}

/** The fields of `/proc/<pid>/stat` that matter here. */
export interface ProcessStat {
  readonly parent: number;
  readonly group: number;
  readonly cpuTicks: number;
}

/** Null when there is no such process. */
export function readProcessUsage(pid: number): ProcessUsage | null {
  const stat = readProcessStat(pid);
  const peakKiB = /^VmHWM:\s*(\d+) kB$/m.exec(readProc(`${String(pid)}/status`) ?? '')?.[1];
  return stat === null || peakKiB === undefined
    ? null
    : { cpuMs: stat.cpuTicks * CLOCK_TICK_MS, peakMemoryBytes: Number(peakKiB) * 1024 };
}

export function readProcessStat(pid: number): ProcessStat | null {
  const text = readProc(`${String(pid)}/stat`);
  if (text === null) {
    return null;
  }
  // The name in parentheses may hold anything, so count from the last one: state, ppid, pgrp, … utime is field 14.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0, group = 0] = fields;
  return { parent, group, cpuTicks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) };
}

/** The direct children of `pid`'s first thread. */
export function readChildren(pid: number): readonly number[] {
  const text = readProc(`${String(pid)}/task/${String(pid)}/children`);
  return (text ?? '')
    .split(' ')
    .filter((part) => part !== '')
    .map(Number);
}

/** The argument list as the kernel keeps it, or null. It changes at the moment a program is replaced by another. */
export function readCommandLine(pid: number): string | null {
  return readProc(`${String(pid)}/cmdline`);
}

function readProc(path: string): string | null {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    // Gone, which is an answer.
    return null;
  }
}
