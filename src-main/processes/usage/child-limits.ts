import { totalmem } from 'node:os';
import type { ResourceLimits } from '../../os/sandbox/spec/spec.ts';
import {
  DEFAULT_CHILD_OPEN_FILES,
  DEFAULT_CHILD_PIDS,
  MACHINE_MEMORY_SHARE,
  MAX_CHILD_OPEN_FILES,
  MAX_CHILD_PIDS,
} from '../limits.ts';

/** What a whole tree may use before it is ended. */
export interface TreeLimits {
  readonly memoryBytes: number;
  /** Null: only its lifetime bounds it. */
  readonly cpuMs: number | null;
  /** Processes and threads. */
  readonly tasks: number;
  /** True when the request set one of them: then the tree is looked at more often. */
  readonly asked: boolean;
}

export interface LimitPlan {
  /** What the kernel is told. */
  readonly kernel: ResourceLimits;
  /** What the watch adds up. There always are limits: without any a fork bomb or a leak would take the whole machine. */
  readonly tree: TreeLimits;
}

/** Brings what was asked for under the limits of this machine and of the process's lifetime. */
export function planLimits(asked: ResourceLimits | undefined, maxLifetimeMs: number): LimitPlan {
  const machineShare = Math.floor(totalmem() * MACHINE_MEMORY_SHARE);
  const memory =
    asked?.maxMemoryBytes === undefined ? undefined : Math.min(machineShare, asked.maxMemoryBytes);
  const cpuSecs =
    asked?.maxCpuSecs === undefined
      ? undefined
      : Math.min(Math.max(1, Math.ceil(maxLifetimeMs / 1000)), asked.maxCpuSecs);
  const pids = Math.min(MAX_CHILD_PIDS, asked?.maxPids ?? DEFAULT_CHILD_PIDS);
  return {
    kernel: {
      maxPids: pids,
      maxOpenFiles: Math.min(MAX_CHILD_OPEN_FILES, asked?.maxOpenFiles ?? DEFAULT_CHILD_OPEN_FILES),
      ...(memory === undefined ? {} : { maxMemoryBytes: memory }),
      ...(cpuSecs === undefined ? {} : { maxCpuSecs: cpuSecs }),
    },
    tree: {
      memoryBytes: memory ?? machineShare,
      cpuMs: cpuSecs === undefined ? null : cpuSecs * 1000,
      tasks: pids,
      asked: memory !== undefined || cpuSecs !== undefined || asked?.maxPids !== undefined,
    },
  };
}
