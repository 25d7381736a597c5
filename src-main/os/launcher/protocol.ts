import type { ToolResult } from '../tool/run-tool.ts';

/** Starts a program that runs until it ends; `started` or `failed` answers, and `exited` follows `started`. */
export interface StartRequest {
  readonly kind: 'start';
  /** Chosen by who asks, a new one for each request. */
  readonly id: number;
  readonly path: string;
  readonly args: readonly string[];
  readonly argv0: string;
  /**
   * What the program gets as 0, 1, 2 and so on; null is an empty input. Descriptors belong to the process and not to a
   * thread, so a number is all that has to cross.
   */
  readonly descriptors: readonly (number | null)[];
  /** One element, shared: 1 from the turn on in which the program was reaped. */
  readonly reaped: Int32Array;
}

/** Runs a tool to its end; `ran` or `failed` answers. */
export interface RunRequest {
  readonly kind: 'run';
  readonly id: number;
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

/** Ends what a `start` began, unless it has ended. Not answered. */
export interface KillRequest {
  readonly kind: 'kill';
  readonly id: number;
}

export type LauncherRequest = StartRequest | RunRequest | KillRequest;

export type LauncherReply =
  | { readonly kind: 'started'; readonly id: number; readonly pid: number }
  | { readonly kind: 'exited'; readonly id: number; readonly signal: number | null }
  | { readonly kind: 'ran'; readonly id: number; readonly result: ToolResult }
  /** An `OsError` `spawn-failed`; an error's class does not survive the way between threads. */
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly hint: string };
