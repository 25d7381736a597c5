import { execFile } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { TOOL_DESCRIPTORS } from './limits.ts';
import { OsError } from './os-error.ts';

/** How a tool of the system ended that we ran for ourselves. */
export interface ToolResult {
  /** It ran, in time, and ended with status 0. */
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a tool of the system to its end, with an empty environment. By `execFile` and not by execa: where no descriptor is
 * free execa throws and leaves behind an `error` event that nobody hears, which ends the application.
 *
 * @throws OsError `spawn-failed` when it could not be started at all
 */
export function runTool(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly timeout?: number } = {},
): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    try {
      requireDescriptors();
      execFile(file, args, { ...options, env: {} }, (error, stdout, stderr) => {
        // A number is an exit status and null a signal; a text is the system's word that there was no process.
        if (typeof error?.code === 'string') {
          reject(notStarted(error));
        } else {
          resolve({ ok: error === null, stdout, stderr });
        }
      });
    } catch (error) {
      reject(notStarted(error));
    }
  });
}

/** Throws the system's error unless a process with three pipes can be made: Node keeps the pipes of one that could not. */
function requireDescriptors(): void {
  const opened: number[] = [];
  try {
    while (opened.length < TOOL_DESCRIPTORS) {
      opened.push(openSync('/dev/null', 'r'));
    }
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
    ? ['too many files are open', 'Stop some processes, or raise the limit of open files.']
    : TOO_LONG.includes(code)
      ? ['its arguments and environment are too long', 'Pass less, or pass it by a file.']
      : [
          `the system refused (${code === '' ? 'no reason given' : code})`,
          'Stop some processes and try again.',
        ];
  return new OsError('spawn-failed', `The program could not be started: ${message}.`, hint, { cause });
}
