import { appendLines } from './append-lines.ts';
import { createBatchQueue, type BatchQueue } from './batch-queue.ts';

/** Appends lines to files in order, in batches, off the caller's path. */
export interface LineWriter {
  /** Bytes that wait for the disk. */
  readonly waiting: () => number;
  readonly append: (path: string, line: string) => void;
  /** Resolves when everything appended so far is in the files, or one more attempt to write it has failed. */
  readonly flush: () => Promise<void>;
  /** `flush`, and gives up what is still waiting. */
  readonly close: () => Promise<void>;
}

/**
 * @param report hears of a file that cannot be written to, once until it can be; its lines are kept and tried again,
 *   since a full disk may become free
 */
export function createLineWriter(report: (message: string, error: unknown) => void): LineWriter {
  const queues = new Map<string, BatchQueue<string>>();
  let waiting = 0;

  const openQueue = (path: string): BatchQueue<string> => {
    const queue = createBatchQueue<string>({
      async write(lines) {
        await appendLines(path, lines);
        waiting -= sizeOf(lines);
        if (queue.waiting() === lines.length) {
          // Nothing came meanwhile: a file of yesterday needs no queue.
          queues.delete(path);
        }
      },
      failed: (what, count, error) =>
        report(
          what === 'kept'
            ? `could not write ${count} lines to ${path}; they are kept and tried again`
            : `could not write ${count} lines to ${path}; they are lost`,
          error,
        ),
    });
    queues.set(path, queue);
    return queue;
  };

  const all = async (what: 'flush' | 'close'): Promise<void> => {
    await Promise.all([...queues.values()].map((queue) => queue[what]()));
  };

  return {
    waiting: () => waiting,
    append(path, line) {
      waiting += sizeOf([line]);
      (queues.get(path) ?? openQueue(path)).push(line);
    },
    flush: () => all('flush'),
    close: () => all('close'),
  };
}

/** Bytes in the file, with line ends. */
function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}
