import { parseCommand, type Command } from './arguments.ts';
import { buildCapsule, packCapsule } from './author.ts';
import { STATUS_ERROR, STATUS_OF_SIGNAL, STATUS_OK, STATUS_REFUSED } from './constants.ts';
import { inspectCapsule } from './inspect.ts';
import { runCapsule, type RunParts } from './run.ts';
import { usage } from './usage.ts';
import { verifyAuditOf } from './verify-audit.ts';

export interface CommandLineParts extends RunParts {
  /** Takes the result, as lines of JSON. */
  readonly print: (line: string) => void;
}

/**
 * Runs a command line and returns the exit status. Never rejects: errors are printed with their hints. A `signal`
 * aborted with the name of a signal as its reason decides the status.
 */
export async function commandLine(words: readonly string[], parts: CommandLineParts): Promise<number> {
  try {
    const status = await perform(parseCommand(words), parts);
    // What cannot be interrupted, such as a build, was completed; the exit status still reports the interrupt.
    return parts.signal.aborted ? statusOfSignal(parts.signal.reason) : status;
  } catch (error) {
    if (parts.signal.aborted) {
      parts.tell('Interrupted. Everything that was running has been stopped.');
      return statusOfSignal(parts.signal.reason);
    }
    tellError(error, parts.tell);
    return STATUS_ERROR;
  }
}

async function perform(command: Command, parts: CommandLineParts): Promise<number> {
  const { print, start } = parts;
  switch (command.name) {
    case 'help':
      print(usage.trimEnd());
      return STATUS_OK;
    case 'build':
      print(pretty(await buildCapsule(command.path)));
      return STATUS_OK;
    case 'pack':
      print(pretty(await packCapsule(command.path, command.out)));
      return STATUS_OK;
    case 'inspect':
      print(pretty(await inspectCapsule(command.path, start)));
      return STATUS_OK;
    case 'verify-audit':
      print(pretty(await verifyAuditOf(command.path, parts.tell)));
      return STATUS_OK;
    case 'run': {
      const result = await runCapsule(command, parts);
      print(pretty({ ...result, data: readable(result.data) }));
      return result.refused ? STATUS_REFUSED : STATUS_OK;
    }
  }
}

/** Our own errors and those of the build scripts carry `hint`; anything else is a bug, and its stack helps. */
function tellError(error: unknown, tell: (line: string) => void): void {
  if (error instanceof Error && 'hint' in error && typeof error.hint === 'string') {
    tell(`error: ${error.message}`);
    tell(`hint: ${error.hint}`);
    return;
  }
  tell(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  tell('hint: This is a bug. Please report it with the lines above.');
}

function statusOfSignal(reason: unknown): number {
  return reason === 'SIGTERM' ? STATUS_OF_SIGNAL.SIGTERM : STATUS_OF_SIGNAL.SIGINT;
}

/**
 * An answer that is JSON, as capsules of our SDK give it, stands in the result as what it says and not as a quoted text.
 * One that would not come out the same (a number of 64 bits) stays a text.
 */
function readable(data: string | null): unknown {
  if (data === null || !/^[[{]/.test(data)) {
    return data;
  }
  try {
    const value: unknown = JSON.parse(data);
    return JSON.stringify(value) === data ? value : data;
  } catch {
    return data;
  }
}

function pretty(value: object): string {
  return JSON.stringify(value, null, 2);
}
