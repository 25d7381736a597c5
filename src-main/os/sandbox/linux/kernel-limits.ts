import { CPU_HEADROOM_SECS, MEMORY_HEADROOM_BYTES, NO_CORE_DUMPS, PIDS_HEADROOM } from '../../limits.ts';
import type { ResourceLimits } from '../spec/spec.ts';

/**
 * The options of `prlimit` for a program's limits. The kernel's lines lie a little beyond the tree's: who runs into one of
 * them gets an error that looks like any other failure, and the watch, which can say what happened, is to be first. No core
 * dumps: the machine's handler would read them outside.
 */
export function kernelLimits(limits: ResourceLimits | undefined): readonly string[] {
  const { maxMemoryBytes: memory, maxCpuSecs: cpu, maxPids: pids, maxOpenFiles: files } = limits ?? {};
  return [
    `--core=${String(NO_CORE_DUMPS)}`,
    ...(memory === undefined ? [] : [`--data=${String(memory + Math.max(memory, MEMORY_HEADROOM_BYTES))}`]),
    ...(cpu === undefined
      ? []
      : [`--cpu=${String(cpu + CPU_HEADROOM_SECS)}:${String(cpu + 2 * CPU_HEADROOM_SECS)}`]),
    ...(pids === undefined ? [] : [`--nproc=${String(pids + PIDS_HEADROOM)}`]),
    ...(files === undefined ? [] : [`--nofile=${String(files)}`]),
  ];
}
