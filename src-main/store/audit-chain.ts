import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createMutex } from '../base/mutex.ts';
import type { AuditRecord } from '../policy/audit-record.ts';
import { appendLines } from './append-lines.ts';
import { writeFileAtomically } from './atomic-file.ts';
import {
  ANCHOR_NAME,
  closeSegment,
  CURRENT_NAME,
  listSegments,
  readAnchor,
  readTail,
  type Anchor,
  type Segment,
} from './audit-segments.ts';
import type { Report } from './own-entries.ts';

/** A record as it stands in the file: numbered, and linked to the one before by its hash. */
export interface AuditEntry extends AuditRecord {
  readonly sequence: number;
  /** SHA-256 of the line before, 64 lower-case hex digits; zeros for the first. */
  readonly previous: string;
}

export interface AuditLimits {
  /** Bytes after which a segment is closed. */
  readonly segmentBytes: number;
  /** Bytes of all segments together. */
  readonly totalBytes: number;
  readonly retentionDays: number;
}

/** Where the chain goes on. */
type ChainEnd = Anchor;

/** What the first record of all links to. */
export const NO_PREVIOUS = '0'.repeat(64);

const DAY_MS = 86_400_000;

/** What is not ours in the folder was reported when the log was opened. */
const unheard: Report = () => undefined;

/** The chain of records over its segments in one folder. One at a time may write it. */
export class AuditChain {
  readonly #folder: string;
  readonly #limits: AuditLimits;
  readonly #report: Report;
  readonly #mutex = createMutex();
  /** Undefined when only the disk knows: a failed attempt may have left a fragment. */
  #end: ChainEnd | undefined;

  private constructor(folder: string, limits: AuditLimits, report: Report, end: ChainEnd) {
    this.#folder = folder;
    this.#limits = limits;
    this.#report = report;
    this.#end = end;
  }

  /** @throws what keeps the end of the chain from being read: a second chain must not begin */
  static async open(folder: string, limits: AuditLimits, report: Report): Promise<AuditChain> {
    return new AuditChain(folder, limits, report, await readEnd(folder, report));
  }

  /**
   * Numbers, links and appends all records or none. A full segment is closed afterwards.
   *
   * @returns whether one was closed
   */
  write(records: readonly AuditRecord[]): Promise<boolean> {
    return this.#mutex(async () => {
      let { sequence, hash } = this.#end ?? (await readEnd(this.#folder, unheard));
      const lines = records.map((record) => {
        sequence += 1;
        const line = JSON.stringify({ sequence, ...record, previous: hash } satisfies AuditEntry);
        hash = hashLine(line);
        return line;
      });
      this.#end = undefined;
      const size = await appendLines(join(this.#folder, CURRENT_NAME), lines);
      this.#end = { sequence, hash };
      return size >= this.#limits.segmentBytes && (await this.#closeSegment(sequence));
    });
  }

  /**
   * Removes the oldest segments beyond the limits of size and age. What the rest links to is written down first, so
   * that it can still be verified.
   *
   * @param now epoch ms
   * @returns what was removed, in words for a record; null for nothing
   */
  prune(now: number): Promise<string | null> {
    return this.#mutex(async () => {
      const anchor = await usableAnchor(this.#folder, this.#report);
      const segments = await listSegments(this.#folder, unheard);
      const kept = segments.filter(({ last }) => last > (anchor?.sequence ?? 0));
      const old = overLimits(kept, this.#limits, now);
      const newest = old.at(-1);
      if (newest !== undefined) {
        const line = (await readTail(newest.path)).at(-1);
        const next: Anchor = {
          sequence: newest.last,
          hash: line === undefined ? NO_PREVIOUS : hashLine(line),
        };
        await writeFileAtomically(join(this.#folder, ANCHOR_NAME), JSON.stringify(next));
      }
      for (const { path } of segments.filter((segment) => !kept.includes(segment) || old.includes(segment))) {
        await rm(path, { force: true });
      }
      return newest === undefined ? null : `records ${(anchor?.sequence ?? 0) + 1} to ${newest.last}`;
    });
  }

  /** The records are written: that their segment stays open a while longer is no failure of theirs. */
  async #closeSegment(last: number): Promise<boolean> {
    try {
      await closeSegment(this.#folder, last);
      return true;
    } catch (error) {
      this.#report('could not close a segment of the audit log', error);
      return false;
    }
  }
}

/** The link from one line to the next. */
export function hashLine(line: string | Uint8Array): string {
  return createHash('sha256').update(line).digest('hex');
}

/** The oldest, as many as must go. */
function overLimits(segments: readonly Segment[], limits: AuditLimits, now: number): readonly Segment[] {
  // The current segment counts as a full one.
  let total = segments.reduce((sum, { size }) => sum + size, limits.segmentBytes);
  const isOver = ({ size, endedAt }: Segment): boolean => {
    const over = total > limits.totalBytes || now - endedAt > limits.retentionDays * DAY_MS;
    total -= size;
    return over;
  };
  const firstKept = segments.findIndex((segment) => !isOver(segment));
  return segments.slice(0, firstKept === -1 ? segments.length : firstKept);
}

/** Where the last segment with a line ends; a line that a crash cut off is one. */
async function readEnd(folder: string, report: Report): Promise<ChainEnd> {
  const anchor = await usableAnchor(folder, report);
  const newest = (await listSegments(folder, report)).at(-1);
  const atLeast = Math.max(newest?.last ?? 0, anchor?.sequence ?? 0);
  const current = await readTail(join(folder, CURRENT_NAME));
  const lines = current.length > 0 || newest === undefined ? current : await readTail(newest.path);
  const last = lines.at(-1);
  return {
    // Never a number that a segment has: it would be closed under that one's name.
    sequence: Math.max(atLeast, lastSequence(lines)),
    hash: last === undefined ? (anchor?.hash ?? NO_PREVIOUS) : hashLine(last),
  };
}

/** A damaged one hurts whoever verifies; records go on being written. */
async function usableAnchor(folder: string, report: Report): Promise<Anchor | undefined> {
  try {
    return await readAnchor(folder);
  } catch (error) {
    report('the anchor of the audit log is unusable', error);
    return undefined;
  }
}

/** The number of the last line that is a record; 0 for none. */
function lastSequence(lines: readonly string[]): number {
  return lines.map(sequenceOf).findLast((sequence) => sequence !== undefined) ?? 0;
}

function sequenceOf(line: string): number | undefined {
  try {
    const { sequence } = JSON.parse(line) as Partial<AuditEntry>;
    return Number.isSafeInteger(sequence) ? sequence : undefined;
  } catch {
    return undefined;
  }
}
