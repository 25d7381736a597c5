import type { Kernel } from '../contract/kernel.ts';
import type { InvokeResult, LogStream, ProcessView } from '../contract/views.ts';
import type { RunCommand } from './arguments.ts';
import { LOG_TAIL_BYTES } from './constants.ts';
import { withTemporaryKernel, type StartKernel } from './temporary-kernel.ts';

export interface RunResult extends InvokeResult {
  /** As they were when the action ended, before they were stopped. */
  readonly processes: readonly ProcessView[];
}

export interface RunParts {
  readonly start: StartKernel;
  /** Ends the installation or the action; the kernel is then disposed in the ordinary way. */
  readonly signal: AbortSignal;
  /** Takes the log tails, line by line. */
  readonly tell: (line: string) => void;
}

/** Installs the capsule into a temporary folder, invokes one action and cleans everything up. */
export function runCapsule(command: RunCommand, { start, signal, tell }: RunParts): Promise<RunResult> {
  return withTemporaryKernel(start, async (kernel) => {
    signal.throwIfAborted();
    const { id } = await kernel.install(command.path, { grants: command.grants, signal });
    signal.throwIfAborted();
    try {
      const result = await kernel.invoke({
        capsule: id,
        action: command.action,
        payload: command.payload,
        principal: command.principal,
        signal,
        ...(command.timeoutMs === null ? {} : { timeoutMs: command.timeoutMs }),
      });
      return { ...result, processes: kernel.processes() };
    } finally {
      // After a failure too: the reason is often the last line a process wrote.
      for (const process of kernel.processes()) {
        tellTail(kernel, process, 'stdout', tell);
        tellTail(kernel, process, 'stderr', tell);
      }
    }
  });
}

function tellTail(
  kernel: Kernel,
  process: ProcessView,
  stream: LogStream,
  tell: (line: string) => void,
): void {
  const { bytes } = kernel.readLogs(process.key, stream, -LOG_TAIL_BYTES, LOG_TAIL_BYTES);
  const text = new TextDecoder().decode(bytes).replace(/\r?\n$/, '');
  for (const line of text === '' ? [] : text.split(/\r?\n/)) {
    tell(`${process.label} ${stream} | ${line}`);
  }
}
