import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Appends lines to files in order, in batches, off the caller's path. */
export interface LineWriter {
  /** Lines that wait for the disk. */
  readonly waiting: () => number;
  readonly append: (path: string, line: string) => void;
  /** Resolves when everything appended so far is in the files (or was reported as lost). */
  readonly flush: () => Promise<void>;
}

/**
 * @param report hears of a batch that could not be written; the lines of it are lost, later ones are
 *   tried again, since a full disk may become free.
 */
export function createLineWriter(report: (message: string, error: unknown) => void): LineWriter {
  let queue: { readonly path: string; readonly line: string }[] = [];
  let running: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue;
      queue = [];
      for (const [path, lines] of groupByPath(batch)) {
        try {
          await mkdir(dirname(path), { recursive: true, mode: 0o700 });
          await appendFile(path, lines.join(''), { mode: 0o600 });
        } catch (error) {
          report(`could not write ${lines.length} lines to ${path}`, error);
        }
      }
    }
    running = undefined;
  };

  return {
    waiting: () => queue.length,
    append(path, line) {
      queue.push({ path, line: `${line}\n` });
      running ??= Promise.resolve().then(drain);
    },
    async flush() {
      while (running !== undefined) {
        await running;
      }
    },
  };
}

function groupByPath(
  batch: readonly { readonly path: string; readonly line: string }[],
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { path, line } of batch) {
    const lines = groups.get(path) ?? [];
    lines.push(line);
    groups.set(path, lines);
  }
  return groups;
}
