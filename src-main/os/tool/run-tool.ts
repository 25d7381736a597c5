import { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { closeSync, openSync } from 'node:fs';
import { execa } from 'execa';
import { TOOL_DESCRIPTORS } from '../limits.ts';
import { OsError } from '../os-error.ts';
import type { HostTool } from './host-tool.ts';

/** How a tool of the system ended that we ran for ourselves. */
export interface ToolResult {
  /** It ran, in time, and ended with status 0. */
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

interface ToolOptions {
  readonly cwd?: string;
  /** Milliseconds after which it is ended. */
  readonly timeout?: number;
}

/**
 * Runs a tool of the system to its end, with an empty environment. This thread stands still while it starts: what is needed
 * again and again, `Launcher` runs.
 *
 * @throws OsError `spawn-failed` when it could not be started at all
 */
export function runTool(
  { path }: HostTool,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  return runToEnd(path, args, options);
}

/** `runTool` for the thread that was handed the tool's path. */
export async function runToEnd(
  path: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolResult> {
  requireDescriptors();
  try {
    const result = await execa(path, args, {
      ...options,
      env: {},
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    });
    if (result.exitCode === undefined && result.signal === undefined) {
      throw notStarted(result.cause);
    }
    return { ok: !result.failed, stdout: result.stdout, stderr: result.stderr };
  } catch (error) {
    // Execa itself throws where no descriptor is left after all.
    throw error instanceof OsError ? error : notStarted(error);
  }
}

/**
 * Hears the `error` event of every start: where no descriptor is free, execa throws before it listens, and what nobody hears
 * ends the thread with all that it has started. `requireDescriptors` cannot exclude it: descriptors are the whole process's,
 * and another thread may take the last in between.
 */
subscribe('child_process', (message) => {
  if (typeof message === 'object' && message !== null && 'process' in message) {
    const { process: child } = message;
    if (child instanceof ChildProcess) {
      child.on('error', () => undefined);
    }
  }
});

/**
 * To be asked right before execa: where no descriptor is free it throws without the reason, and leaves pipes behind.
 *
 * @throws OsError `spawn-failed` unless a process with its pipes can be made
 */
export function requireDescriptors(): void {
  const opened: number[] = [];
  try {
    while (opened.length < TOOL_DESCRIPTORS) {
      opened.push(openSync('/dev/null', 'r'));
    }
  } catch (error) {
    throw notStarted(error);
  } finally {
    opened.forEach((fd) => closeSync(fd));
  }
}

const OUT_OF_DESCRIPTORS: readonly string[] = ['EMFILE', 'ENFILE'];
const TOO_LONG: readonly string[] = ['E2BIG'];

/**
 * Why the system did not even make a process. The error's own text stays out of the message: some of them hold the whole
 * command line.
 */
export function notStarted(cause: unknown): OsError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  const [message, hint] = OUT_OF_DESCRIPTORS.includes(code)
    ? ['too many open files', 'Stop some processes, or raise the open file limit.']
    : TOO_LONG.includes(code)
      ? ['its arguments and environment are too large', 'Pass less, or pass the data in a file.']
      : [
          `the system refused (${code === '' ? 'no reason given' : code})`,
          'Stop some processes and try again.',
        ];
  return new OsError('spawn-failed', `The program could not be started: ${message}.`, hint, { cause });
}
