/**
 * Limits of a program and what it starts. Whole numbers; absent: no limit. The kernel's part is done here, process by
 * process; `processes/usage/resource-watch.ts` adds up the tree and ends it.
 */
export interface ResourceLimits {
  /** Resident memory of the tree. The kernel gets twice as much for the private memory of each process (RLIMIT_DATA). */
  readonly maxMemoryBytes?: number;
  /** CPU seconds of the tree. The kernel ends each process a second later (RLIMIT_CPU, SIGXCPU). */
  readonly maxCpuSecs?: number;
  /** Processes and threads of the tree. The kernel refuses a few more (RLIMIT_NPROC), but never to root. */
  readonly maxPids?: number;
  /** Open descriptors of each process (RLIMIT_NOFILE). */
  readonly maxOpenFiles?: number;
}

/** A `SandboxSpec` of a program that may have no workspace. */
export type CommandSpec = Omit<SandboxSpec, 'workspace'> & Partial<Pick<SandboxSpec, 'workspace'>>;

/**
 * What a program may see and do, in text: made from a `SpawnSpec` in the last moment before a start. Every path is absolute
 * and refers to the host.
 */
export interface SandboxSpec {
  /** The program, found and checked, then its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Must be visible inside. */
  readonly cwd: string;
  /** The whole environment; bubblewrap adds only `PWD`. */
  readonly env: Readonly<Record<string, string>>;
  /** Bound writable at its own path. */
  readonly workspace: string;
  readonly readOnly?: readonly string[];
  readonly writable?: readonly string[];
  /** Host files shown read-only at a place of the caller's choosing. */
  readonly injections?: readonly { readonly source: string; readonly target: string }[];
  /** Shares the host's network; without it there is not even a way to the host's loopback. */
  readonly network: boolean;
  readonly limits?: ResourceLimits;
}
