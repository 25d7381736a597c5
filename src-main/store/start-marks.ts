import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Dispose } from '../base/disposable.ts';
import { readEarlierRecord } from './earlier-record.ts';
import { createLatestFile } from './latest-file.ts';
import { MAX_STARTS_RECORD_BYTES } from './limits.ts';
import type { Report } from './own-entries.ts';

/** A capsule that is starting, and with which component: another version of it did nothing. */
export interface Starting {
  readonly id: string;
  /** BLAKE3 of the component. */
  readonly hash: string;
}

/** Marks on disk what is starting, so that the next start knows when this one ends by it. */
export interface StartMarks {
  /** Resolves when the mark is on disk, or when the disk refused it, which is reported. */
  readonly begin: (starting: Starting) => Promise<Dispose>;
  /** The mark is there as long as `work` goes on. */
  readonly during: <T>(starting: Starting, work: () => Promise<T>) => Promise<T>;
}

export interface OpenedStartMarks extends StartMarks {
  /** What was starting when the last session ended, if that was unexpected. It stays marked until it is `settled`. */
  readonly left: readonly Starting[];
  /** Whatever had to be done about one of `left` has been done. */
  readonly settled: (starting: Starting) => void;
  /** Nothing is starting any more because somebody asked for the end; see `Session.end`. */
  readonly end: () => Promise<void>;
}

const STARTS_NAME = 'starting.json';

const startsRecord = z.object({
  schema: z.literal(1),
  starting: z.array(z.object({ id: z.string(), hash: z.string() })),
});

/** @param folder the data folder, which is locked */
export async function openStartMarks(folder: string, report: Report): Promise<OpenedStartMarks> {
  const path = join(folder, STARTS_NAME);
  const shape = {
    subject: 'The record of starting capsules',
    schema: startsRecord,
    maxBytes: MAX_STARTS_RECORD_BYTES,
  };
  const earlier = await readEarlierRecord(path, shape, report);
  const left = earlier.kind === 'read' ? earlier.value.starting : [];
  const file = createLatestFile(path, shape.subject, report);
  const marks = new Map<string, { readonly starting: Starting; count: number }>();

  const add = (starting: Starting): Dispose => {
    const key = JSON.stringify([starting.id, starting.hash]);
    const mark = marks.get(key) ?? { starting, count: 0 };
    marks.set(key, mark);
    mark.count += 1;
    let removed = false;
    return () => {
      mark.count -= removed ? 0 : 1;
      removed = true;
      if (mark.count === 0 && marks.get(key) === mark) {
        marks.delete(key);
        void write();
      }
    };
  };
  const write = (): Promise<void> => file.write(recordOf([...marks.values()].map((mark) => mark.starting)));

  const leftMarks = new Map(left.map((starting) => [starting, add(starting)]));
  const begin: StartMarks['begin'] = async (starting) => {
    const remove = add(starting);
    await write();
    return remove;
  };
  return {
    left,
    begin,
    async during(starting, work) {
      const remove = await begin(starting);
      try {
        return await work();
      } finally {
        await remove();
      }
    },
    settled(starting) {
      void leftMarks.get(starting)?.();
      leftMarks.delete(starting);
    },
    end: () => file.end(recordOf(leftMarks.keys())),
  };
}

function recordOf(starting: Iterable<Starting>): string {
  return JSON.stringify({ schema: 1, starting: [...starting] } satisfies z.infer<typeof startsRecord>);
}
