import { constants } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { readJsonRecord } from '../base/json-record.ts';
import { ownEntries, type Report } from './own-entries.ts';
import { openRegularFile, readRegularFile } from './regular-file.ts';
import { StoreError } from './store-error.ts';

/** The segment that is being written. */
export const CURRENT_NAME = 'audit.jsonl';
/** What the oldest segment links to, once older ones were pruned. */
export const ANCHOR_NAME = 'anchor.json';

const SEGMENT_NAME = /^audit-(\d{12})\.jsonl$/;

/** A segment that is full. */
export interface Segment {
  readonly path: string;
  /** The number of its last record; the name says it. */
  readonly last: number;
  /** Bytes. */
  readonly size: number;
  /** Epoch ms of its last record. */
  readonly endedAt: number;
}

/** The end of the chain before the oldest segment that is kept. */
export interface Anchor {
  /** Number of the last record that was pruned. */
  readonly sequence: number;
  /** The hash of its line. */
  readonly hash: string;
}

const anchorRecord: z.core.$ZodType<Anchor> = z.object({
  sequence: z.int().check(z.nonnegative()),
  hash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

/** The full segments, oldest first; one that an anchor covers is left over from a pruning that was cut off. */
export async function listSegments(folder: string, report: Report): Promise<readonly Segment[]> {
  const ours = /^(?:audit-\d{12}\.jsonl|audit\.jsonl|anchor\.json)$/;
  const names = await ownEntries(folder, { kind: 'file', name: ours }, report);
  const found = names.flatMap((name) => {
    const last = SEGMENT_NAME.exec(name)?.[1];
    return last === undefined ? [] : [{ path: join(folder, name), last: Number(last) }];
  });
  return Promise.all(
    found.map(async (segment) => {
      const { size, mtimeMs } = await stat(segment.path);
      return { ...segment, size, endedAt: mtimeMs };
    }),
  );
}

/** Closes the current segment under the number of its last record; the next record begins a new one. */
export async function closeSegment(folder: string, last: number): Promise<void> {
  await rename(join(folder, CURRENT_NAME), join(folder, `audit-${String(last).padStart(12, '0')}.jsonl`));
}

/**
 * The anchor, or undefined when nothing was pruned yet.
 *
 * @throws StoreError `audit-broken` for one that cannot be read
 */
export async function readAnchor(folder: string): Promise<Anchor | undefined> {
  try {
    const bytes = await orNone(readRegularFile(join(folder, ANCHOR_NAME)));
    return bytes === undefined ? undefined : parseAnchor(bytes.toString('utf8'));
  } catch (cause) {
    throw new StoreError(
      'audit-broken',
      `${join(folder, ANCHOR_NAME)}, which says what the oldest kept record links to, cannot be read.`,
      'The link to the removed records can no longer be verified. Restore the file from a backup.',
      { cause },
    );
  }
}

function parseAnchor(text: string): Anchor {
  const record = readJsonRecord('The anchor', text, anchorRecord);
  if (!record.ok) {
    throw record.cause;
  }
  return record.value;
}

/** How much of a file's end is read to find its last line: more than two of the longest lines. */
const TAIL_BYTES = 64 * 1_024;

/** The lines at the end of a file, one that a crash cut off among them; none for no file or an empty one. */
export async function readTail(path: string): Promise<readonly string[]> {
  const file = await orNone(openRegularFile(path, constants.O_RDONLY));
  if (file === undefined) {
    return [];
  }
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    await file.read(tail, 0, tail.length, size - tail.length);
    return tail
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
  } finally {
    await file.close();
  }
}

/** Undefined for what is not there. */
async function orNone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
