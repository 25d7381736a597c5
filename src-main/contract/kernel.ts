import type {
  AboutView,
  CapsuleView,
  InstallPlan,
  InvokeResult,
  LogPage,
  LogStream,
  OutputView,
  ProcessSignal,
  ProcessView,
} from './views.ts';

/** Which of the requested capabilities are granted: all, or the named ones. */
export type Grants = 'all' | readonly string[];

export interface InvokeRequest {
  readonly capsule: string;
  readonly action: string;
  /** Bytes for the guest; a string is sent as UTF-8. Empty when absent. */
  readonly payload?: Uint8Array | string;
  /** `default` when absent. */
  readonly principal?: string;
  /** Ends the invocation with outcome `cancelled`; the guest's instance stays only when it returns by itself within 500 ms. */
  readonly signal?: AbortSignal;
  /** Deadline of this call; the principal's own limit (300 s) when absent, and never more than that. */
  readonly timeoutMs?: number;
}

/** Where an installation is; a step that has nothing to do is left out. */
export type InstallStep = 'preparing' | 'waiting' | 'stopping' | 'copying' | 'running-hook' | 'rolling-back';

/** Follows an installation. */
export interface InstallProgress {
  /** Cancels it with `install-cancelled`, until the new version is in place; what was done is undone first. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of each step as it begins. What it throws is only reported. */
  readonly onStep?: ((step: InstallStep) => void) | undefined;
}

/** Something the host, the operator or a guest says about itself; the text of processes is not among these. */
export type KernelEvent =
  | { readonly kind: 'process'; readonly process: ProcessView }
  /** Output came, as often as it comes: who shows it keeps a pace of their own. */
  | ({ readonly kind: 'process-output' } & OutputView)
  | { readonly kind: 'process-removed'; readonly key: string }
  | { readonly kind: 'capsule'; readonly capsule: CapsuleView }
  | { readonly kind: 'capsule-removed'; readonly id: string }
  | {
      readonly kind: 'guest-log';
      readonly capsule: string;
      readonly principal: string;
      readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      /** Epoch ms. */
      readonly at: number;
    };

/**
 * The whole runtime without a window: what the Electron shell, the command line and tests drive.
 * Every method that fails rejects (or throws) with a `TypedError`: `code`, what happened, what to do.
 */
export interface Kernel {
  /** Reads a `.capsule` file or a folder; runs nothing and installs nothing. The plan's token stays valid until used or cancelled. */
  readonly inspect: (path: string) => Promise<InstallPlan>;
  /** Installs the copy that `inspect` made, by its token; later changes to the source have no effect. */
  readonly confirm: (token: string, grants: Grants, progress?: InstallProgress) => Promise<CapsuleView>;
  /** Forgets an inspection, or cancels the installation that was confirmed by its token. Resolves when that is undone. */
  readonly cancelInstall: (token: string) => Promise<void>;
  /** `inspect` and `confirm` in one step. */
  readonly install: (
    path: string,
    options: { readonly grants: Grants } & InstallProgress,
  ) => Promise<CapsuleView>;
  /**
   * Stops everything the capsule runs (TERM, grace, KILL) and removes it; its workspace is kept. An installation of it
   * that is under way is cancelled.
   */
  readonly remove: (id: string) => Promise<void>;
  readonly setEnabled: (id: string, enabled: boolean) => Promise<CapsuleView>;
  readonly capsules: () => readonly CapsuleView[];
  /** One call into the guest's `astrid-hook-trigger`. A refusal by the guest is a result, not an error. */
  readonly invoke: (request: InvokeRequest) => Promise<InvokeResult>;
  readonly processes: () => readonly ProcessView[];
  /** Program and arguments of a process, whole. */
  readonly command: (key: string) => readonly string[];
  /** Reads without affecting other readers. `cursor` null: oldest retained; negative: from the end. */
  readonly readLogs: (key: string, stream: LogStream, cursor: number | null, maxBytes: number) => LogPage;
  readonly signal: (key: string, signal: ProcessSignal) => Promise<void>;
  /** TERM, the grace, then KILL; resolves when the process has ended. */
  readonly stop: (key: string, graceMs?: number) => Promise<void>;
  readonly cancelStop: (key: string) => void;
  readonly kill: (key: string) => void;
  readonly release: (key: string) => void;
  readonly about: () => AboutView;
  /** Subscribes to every change from now on; returns the unsubscribe function. Errors of a listener are only reported. */
  readonly subscribe: (listener: (event: KernelEvent) => void) => () => void;
  /** Stops every instance and process (TERM, grace, KILL), flushes the audit log, removes temporary files. */
  readonly dispose: () => Promise<void>;
}
