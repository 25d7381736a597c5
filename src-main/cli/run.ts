import type { Kernel } from '../contract/kernel.ts';
import { MAX_LOG_PAGE_BYTES } from '../contract/limits.ts';
import type { InvokeResult, LogPage, LogStream, ProcessView } from '../contract/views.ts';
import { linesOf } from '../logs/lines.ts';
import type { LineFilter } from '../logs/query/compile.ts';
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
  /** Takes the lines of output that are shown. */
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
        tellLines(kernel, process, 'stdout', { filter: command.logs, tell });
        tellLines(kernel, process, 'stderr', { filter: command.logs, tell });
      }
    }
  });
}

/** What the filter lets through of everything retained, and how much it hides; without one the end of the output. */
function tellLines(
  kernel: Kernel,
  { key, label }: ProcessView,
  stream: LogStream,
  { filter, tell }: { readonly filter: LineFilter | null; readonly tell: (line: string) => void },
): void {
  const name = `${label} ${stream}`;
  const page =
    filter === null
      ? kernel.readLogs(key, stream, -LOG_TAIL_BYTES, LOG_TAIL_BYTES)
      : readRetained((cursor) => kernel.readLogs(key, stream, cursor, MAX_LOG_PAGE_BYTES));
  const lines = linesOf(page);
  const shown = lines.filter(({ text, at }) => filter?.({ text, at, stream, source: label }) ?? true);
  for (const { written } of shown) {
    tell(`${name} | ${written}`);
  }
  // A stream that nothing was written to needs no words.
  if (filter !== null && lines.length + page.lost > 0) {
    const lost = page.lost === 0 ? '' : `; ${page.lost} bytes before them are lost`;
    tell(`${name}: ${shown.length} of ${lines.length} retained lines match${lost}`);
  }
}

/** Everything retained, as one page. Nothing comes in between: it is read in one turn. */
function readRetained(read: (cursor: number) => LogPage): LogPage {
  const first = read(0);
  const pages: LogPage[] = [];
  for (let page = first; page.bytes.length > 0; page = read(page.next)) {
    pages.push(page);
  }
  return {
    ...first,
    bytes: Buffer.concat(pages.map(({ bytes }) => bytes)),
    times: pages.flatMap(({ times }) => times),
  };
}
