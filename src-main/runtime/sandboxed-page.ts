import { constants } from 'node:os';
import { RuntimeError } from './errors.ts';

/** Why a page's process ended. */
export interface PageEnd {
  /** In Chromium's words: `crashed`, `oom`, `killed` and others. */
  readonly reason: string;
  readonly exitCode: number;
}

/** A page without a window, in a process and a sandbox of its own, whose worker waits for messages. */
export interface SandboxedPage {
  /** `process.hrtime` at the zero of the worker's own clock. */
  readonly zeroNs: bigint;
  /** Of its process. */
  readonly pid: number;
  readonly ended: boolean;
  readonly exited: Promise<PageEnd>;
  /** The worker may load this script by its name from now on. */
  serve(name: string, script: string): void;
  post(message: Uint8Array): void;
  /** Wakes the worker, which sleeps until then, with this. */
  respond(response: Uint8Array): void;
  /**
   * Call before the first `post`: what comes while nobody listens is lost.
   *
   * @param onMessage gets whatever comes, which is not to be trusted
   */
  listen(onMessage: (data: unknown) => void): void;
  /** Ends its process at once. Twice is once. */
  kill(): void;
}

/**
 * Opens a page.
 *
 * @param files of its site by their names, as they are built: `worker.js`, and what that one loads
 * @throws when there can be none
 */
export type OpenPage = (files: Readonly<Record<string, string>>) => Promise<SandboxedPage>;

/** Limits the memory that a page's process may take beyond what it has; see `SandboxSpawner.limitRunning`. */
export type LimitPage = (pid: number, bytes: number) => Promise<void>;

export interface PageSource {
  readonly open: OpenPage;
  readonly limit: LimitPage;
}

/**
 * Opens a page whose process may take `bytes` of memory beyond what it has by then.
 *
 * @throws RuntimeError `no-guest-process`
 */
export async function openLimited(
  { open, limit }: PageSource,
  files: Parameters<OpenPage>[0],
  bytes: number,
): Promise<SandboxedPage> {
  let page: SandboxedPage | undefined;
  try {
    page = await open(files);
    await limit(page.pid, bytes);
    return page;
  } catch (cause) {
    page?.kill();
    throw new RuntimeError(
      'no-guest-process',
      `No sandboxed process could be started for the component: ${cause instanceof Error ? cause.message : String(cause)}.`,
      'Try again when the machine is less busy; restart Capsule Desktop if that does not help.',
      { cause },
    );
  }
}

/** How Chromium ends a process that gets no more memory: it traps. Little else does that. */
const TRAPPED = constants.signals.SIGTRAP;

export function ranOutOfMemory({ reason, exitCode }: PageEnd): boolean {
  return reason === 'oom' || (reason === 'crashed' && exitCode === TRAPPED);
}
