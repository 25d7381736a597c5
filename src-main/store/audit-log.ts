import { createHash } from 'node:crypto';
import { appendFile, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord } from '../policy/audit-record.ts';
import { cutText } from '../policy/audit-text.ts';
import { AUDIT_QUEUE, AUDIT_TEXT_BYTES } from './limits.ts';
import { createLineWriter } from './line-writer.ts';

/** A record as it stands in the file: numbered, and linked to the one before by its hash. */
export interface AuditEntry extends AuditRecord {
  readonly sequence: number;
  /** SHA-256 of the line before, 64 lower-case hex digits; zeros for the first. */
  readonly previous: string;
}

export interface AuditLog {
  /** A promise only when the disk is behind: the caller then waits, and no evidence is dropped. */
  readonly append: (record: AuditRecord) => void | Promise<void>;
  readonly flush: () => Promise<void>;
}

const NO_PREVIOUS = '0'.repeat(64);

/** How much of the file's end is read to find its last line: more than two of the longest lines. */
const TAIL_BYTES = 64 * 1_024;

/**
 * The hash-linked audit log `audit.jsonl` in `folder`: changing or removing a line breaks the link of
 * every later one. It continues where the file ends. A line that a crash cut off stays as it is: the next
 * record links to it and takes the number after the last whole one.
 */
export async function openAuditLog(
  folder: string,
  report: (message: string, error: unknown) => void,
): Promise<AuditLog> {
  const path = join(folder, 'audit.jsonl');
  const { lines, torn } = await readTail(path);
  if (torn) {
    // Ended as it is, so that the next record gets a line of its own. It is evidence and stays.
    await appendFile(path, '\n');
  }
  const last = lines.at(-1);
  let sequence = lastSequence(lines);
  let previous = last === undefined ? NO_PREVIOUS : hashLine(last);
  const writer = createLineWriter(report);

  return {
    append(record) {
      sequence += 1;
      const line = JSON.stringify({ sequence, ...shorten(record), previous } satisfies AuditEntry);
      previous = hashLine(line);
      writer.append(path, line);
      return writer.waiting() > AUDIT_QUEUE ? writer.flush() : undefined;
    },
    flush: writer.flush,
  };
}

/** The link from one line to the next. */
export function hashLine(line: string): string {
  return createHash('sha256').update(line).digest('hex');
}

function shorten(record: AuditRecord): AuditRecord {
  return {
    ...record,
    target: cutText(record.target, AUDIT_TEXT_BYTES),
    reason: cutText(record.reason, AUDIT_TEXT_BYTES),
  };
}

/** The number of the last line that is a record; 0 for none. */
function lastSequence(lines: readonly string[]): number {
  for (const line of [...lines].reverse()) {
    const sequence = sequenceOf(line);
    if (sequence !== undefined) {
      return sequence;
    }
  }
  return 0;
}

function sequenceOf(line: string): number | undefined {
  try {
    const { sequence } = JSON.parse(line) as Partial<AuditEntry>;
    return Number.isSafeInteger(sequence) ? sequence : undefined;
  } catch {
    return undefined;
  }
}

interface Tail {
  readonly lines: readonly string[];
  /** The file does not end with a line's end. */
  readonly torn: boolean;
}

/** The lines at the end of the file; none for no file or an empty one. */
async function readTail(path: string): Promise<Tail> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
  if (file === undefined) {
    return { lines: [], torn: false };
  }
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    await file.read(tail, 0, tail.length, size - tail.length);
    const text = tail.toString('utf8');
    return {
      lines: text.split('\n').filter((line) => line !== ''),
      torn: text !== '' && !text.endsWith('\n'),
    };
  } finally {
    await file.close();
  }
}
