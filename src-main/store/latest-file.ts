import { replaceFileNow, writeFileAtomically } from './atomic-file.ts';
import type { Report } from './own-entries.ts';

/** A small file that always has the latest of what it was given; what came in between need not have been there. */
export interface LatestFile {
  /** Resolves when this text or a later one is on disk, or when the disk refused it, which is reported. Never rejects. */
  readonly write: (text: string) => Promise<void>;
  /** Writes before it returns, for a moment in which nothing can be waited for, and nothing afterwards. Never throws. */
  readonly end: (text: string) => Promise<void>;
}

/**
 * While one text is written only the latest of the others waits, so that many changes at once cost two writes. Of
 * failures in a row the first is reported.
 *
 * @param subject begins the sentence that reports a failure
 */
export function createLatestFile(path: string, subject: string, report: Report): LatestFile {
  let latest = '';
  let onDisk: string | undefined;
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let [writing, failed, ended] = [false, false, false];

  const failure = (error: unknown): void => {
    if (!failed) {
      report(`${subject} cannot be written; what it said before still counts`, error);
    }
    failed = true;
  };

  const write = async (): Promise<void> => {
    // What is asked for in the same turn goes together.
    await new Promise(setImmediate);
    next = undefined;
    const text = latest;
    if (ended || text === onDisk) {
      return;
    }
    writing = true;
    try {
      await writeFileAtomically(path, text);
      onDisk = text;
      failed = false;
    } catch (error) {
      onDisk = undefined;
      failure(error);
    }
    writing = false;
  };

  const writeNow = (text: string): void => {
    try {
      replaceFileNow(path, text);
    } catch (error) {
      failure(error);
    }
  };

  return {
    write(text) {
      if (ended) {
        return Promise.resolve();
      }
      latest = text;
      last = next ??= last.then(write);
      return last;
    },
    end(text) {
      if (!ended) {
        ended = true;
        writeNow(text);
        // What was being written meanwhile has replaced it.
        last = writing ? last.then(() => writeNow(text)) : last;
      }
      return last;
    },
  };
}
