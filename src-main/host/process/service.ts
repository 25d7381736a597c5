import { waitFor } from '../../base/wait-for.ts';
import type { ProcessWatches } from '../../bus/process-watches.ts';
import type { ExitView } from '../../contract/views.ts';
import type { ManagedProcess } from '../../processes/process/managed-process.ts';
import type {
  ErrorCode,
  ExitInfo,
  ProcessInfo,
  ProcessResult,
  ReadLogsResult,
} from '../generated/astrid-process-1-0-0.ts';
import { SYNC_OUTPUT_BYTES, type StartServices } from './start.ts';
import { WitError } from '../pipeline/wit-error.ts';

/** What `astrid:process` needs of the rest of the host. */
export interface ProcessServices extends StartServices {
  readonly watches: ProcessWatches;
}

/** Runs a process to its end, for which nobody waits any more once `signal` aborts. */
export async function runToEnd(process: ManagedProcess, signal: AbortSignal): Promise<ProcessResult> {
  const cancel = (): void => void process.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const exit = await process.exited;
    return {
      stdout: await wholeText(process, 'stdout'),
      stderr: await wholeText(process, 'stderr'),
      exit: exitInfo(exit),
    };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

async function wholeText(process: ManagedProcess, stream: 'stdout' | 'stderr'): Promise<string> {
  const { dropped } = process.view()[stream];
  const text = await process.drainText(stream, SYNC_OUTPUT_BYTES);
  return dropped === 0 ? text : `[${dropped} earlier bytes dropped]\n${text}`;
}

/** Takes what is undrained of both streams. `running` is false only when nothing more can come. */
export async function takeLogs(process: ManagedProcess): Promise<ReadLogsResult> {
  // The exit is latched after both streams have ended: whatever was written is in the rings by then.
  const { exit } = process;
  const result = {
    stdout: await process.drainText('stdout', Number.MAX_SAFE_INTEGER),
    stderr: await process.drainText('stderr', Number.MAX_SAFE_INTEGER),
    running: exit === null,
  };
  return exit === null ? result : { ...result, exit: exitInfo(exit) };
}

/**
 * Waits for the end of a process.
 *
 * @param timeoutMs undefined waits as long as the call lives
 * @throws WitError `wait-timeout`
 */
export async function waitForExit(
  process: ManagedProcess,
  timeoutMs: bigint | undefined,
  signal: AbortSignal,
): Promise<ExitInfo> {
  const endWait = process.use.beginWait();
  try {
    const exit = await waitFor({
      now: () => process.exit ?? undefined,
      subscribe: (listener) => process.onExit(listener),
      signal,
      timeoutMs,
    });
    if (exit === undefined) {
      throw new WitError<ErrorCode>({ tag: 'wait-timeout' });
    }
    return exitInfo(exit);
  } finally {
    endWait();
  }
}

export function exitInfo({ code, signal }: ExitView): ExitInfo {
  return { exitCode: code ?? undefined, signal: signal ?? undefined };
}

export function processInfo(process: ManagedProcess): ProcessInfo {
  const view = process.view();
  const info = process.info();
  return {
    id: process.id,
    label: view.label,
    command: process.plan.command,
    osPid: view.osPid ?? undefined,
    // The contract has no case for a stop under way: the program still runs.
    phase: view.phase === 'stopping' ? 'running' : view.phase,
    exit: process.exit === null ? undefined : exitInfo(process.exit),
    ageMs: BigInt(info.ageMs),
    idleMs: BigInt(Math.max(0, info.idleMs)),
    bufferedBytes: BigInt(info.bufferedBytes),
    bytesDropped: BigInt(info.bytesDropped),
    stdinOpen: view.stdinOpen,
    cpuMs: info.usage === null ? undefined : BigInt(Math.round(info.usage.cpuMs)),
    memBytesPeak: info.usage === null ? undefined : BigInt(info.usage.peakMemoryBytes),
  };
}
