import type { MessagePort } from 'node:worker_threads';

/** A compiled core module, its memories capped by the share it has of the guest's memory. */
export interface GuestModule {
  readonly module: WebAssembly.Module;
  /** How many instances of it the memory was shared out for. */
  readonly instances: number;
  /** What the memories of one instance may grow to together. */
  readonly memoryBytes: number;
}

/** What the supervisor gives a guest's worker at its start. */
export interface GuestStart {
  readonly questions: MessagePort;
  readonly shared: SharedArrayBuffer;
  /** The transpiled component: one script and its core modules. */
  readonly script: string;
  readonly modules: ReadonlyMap<string, GuestModule>;
  /** Names of the host interfaces that the component imports. */
  readonly imports: readonly string[];
  /** Held capability names in byte order, for `enumerate-capabilities`. */
  readonly capabilities: readonly string[];
  /** `process.hrtime` of the application's start, so that the monotonic clock is one for all guests. */
  readonly monotonicAnchorNs: bigint;
}

/** A guest export by its name in the transpiled script. */
export type GuestExport = 'astridHookTrigger' | 'run' | 'astridInstall' | 'astridUpgrade';

/** Supervisor to guest. */
export interface GuestCall {
  readonly id: number;
  readonly export: GuestExport;
  readonly args: readonly unknown[];
}

/** Guest to supervisor. `memoryBytes` is how much is taken of what all its memories may grow to together. */
export type GuestMessage =
  | { readonly kind: 'started' }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'returned'; readonly id: number; readonly value: unknown; readonly memoryBytes: number }
  | { readonly kind: 'trapped'; readonly id: number; readonly message: string; readonly memoryBytes: number };

/** The question that gives a handle back; its one argument is the handle's number. */
export const RESOURCE_DROP = 'resource-drop';
