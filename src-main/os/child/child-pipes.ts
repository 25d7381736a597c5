import { closeSync } from 'node:fs';
import { PipeSink } from '../pipes/byte-sink.ts';
import type { PipeEnds, PipePool } from '../pipes/pipe-pool.ts';
import { OsError } from '../os-error.ts';
import { notStarted } from '../tool/run-tool.ts';

/** The pipes between this process and one bubblewrap. */
export interface ChildPipes {
  readonly stdin: PipeEnds | null;
  readonly stdout: PipeEnds;
  readonly stderr: PipeEnds;
  readonly status: PipeEnds;
  readonly environment: PipeEnds;
  readonly filter: PipeEnds;
}

/** How many pipes a child takes at most. */
const PIPES = 6;

/** All or none. Throws `OsError` `spawn-failed`. */
export async function openChildPipes(pool: PipePool, withStdin: boolean): Promise<ChildPipes> {
  try {
    return await pool.withPipes(PIPES, () => openAll(pool, withStdin));
  } catch (error) {
    throw error instanceof OsError ? error : notStarted(error);
  }
}

export function allPipes(pipes: ChildPipes): readonly PipeEnds[] {
  const { stdin, stdout, stderr, status, environment, filter } = pipes;
  return [stdout, stderr, status, environment, filter, ...(stdin === null ? [] : [stdin])];
}

/** Writes `bytes`, however long the reader takes, and then the end. A reader that has ended says so elsewhere. */
export function sendWhole({ ours, name }: PipeEnds, bytes: Uint8Array): void {
  closeDescriptor(name);
  const sink = new PipeSink({ ours, name: null });
  sink.write(bytes).catch(() => undefined);
  sink.end();
}

export function closeDescriptor(fd: number | null): void {
  if (fd !== null) {
    closeSync(fd);
  }
}

function openAll(pool: PipePool, withStdin: boolean): ChildPipes {
  const opened: PipeEnds[] = [];
  const open = (direction: 'from-child' | 'to-child'): PipeEnds => {
    const pipe = pool.open(direction);
    opened.push(pipe);
    return pipe;
  };
  try {
    return {
      stdin: withStdin ? open('to-child') : null,
      stdout: open('from-child'),
      stderr: open('from-child'),
      status: open('from-child'),
      environment: open('to-child'),
      filter: open('to-child'),
    };
  } catch (error) {
    opened.flatMap((pipe) => [pipe.ours, pipe.theirs, pipe.name]).forEach(closeDescriptor);
    throw notStarted(error);
  }
}
