import { constants } from 'node:fs';
import { join } from 'node:path';
import { hashLine, NO_PREVIOUS, type AuditEntry } from './audit-chain.ts';
import { CURRENT_NAME, listSegments, readAnchor } from './audit-segments.ts';
import type { Report } from './own-entries.ts';
import { openRegularFile } from './regular-file.ts';
import { StoreError } from './store-error.ts';

/** A chain that holds. */
export interface VerifiedAudit {
  /** Records in it. */
  readonly records: number;
  /** Number of the first; more than 1 when older ones were pruned. Null without a record. */
  readonly first: number | null;
  readonly last: number | null;
  /** Hash of the last line: whoever has noted it elsewhere can tell whether the end was cut. */
  readonly hash: string;
}

const LINE_END = 10;

/**
 * Follows the chain through every segment of `folder`, from the anchor of what was pruned to the last line.
 *
 * @throws StoreError `audit-broken` for a line that was changed, removed or inserted, a segment that is missing and an
 *   anchor that does not fit, with file and line
 */
export async function verifyAudit(folder: string, report: Report): Promise<VerifiedAudit> {
  const anchor = await readAnchor(folder);
  const segments = await listSegments(folder, report);
  const kept = segments.filter(({ last }) => last > (anchor?.sequence ?? 0));
  let hash = anchor?.hash ?? NO_PREVIOUS;
  let [records, first, last]: [number, number | null, number | null] = [0, null, null];
  for (const path of [...kept.map((segment) => segment.path), join(folder, CURRENT_NAME)]) {
    let number = 0;
    for await (const line of linesOf(path)) {
      number += 1;
      const entry = entryOf(line);
      // A line that a crash cut off links to nothing; the next one links to it.
      if (entry !== undefined) {
        if (entry.previous !== hash) {
          throw broken(path, number);
        }
        records += 1;
        first ??= entry.sequence;
        last = entry.sequence;
      }
      hash = hashLine(line);
    }
  }
  return { records, first, last, hash };
}

function broken(path: string, line: number): StoreError {
  return new StoreError(
    'audit-broken',
    `The audit log is broken: line ${line} of ${path} does not link to the line before it.`,
    'Something before that line was changed or removed. What stands before it is whole.',
  );
}

/** Every line without its end; the last also when it has none. None for a file that is not there. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  const file = await openRegularFile(path, constants.O_RDONLY).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
  if (file === undefined) {
    return;
  }
  let rest = Buffer.alloc(0);
  for await (const chunk of file.createReadStream() as AsyncIterable<Buffer>) {
    let bytes = Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END)) {
      yield bytes.subarray(0, end);
      bytes = bytes.subarray(end + 1);
    }
    rest = bytes;
  }
  if (rest.length > 0) {
    yield rest;
  }
}

function entryOf(line: Buffer): Pick<AuditEntry, 'sequence' | 'previous'> | undefined {
  try {
    const { sequence, previous } = JSON.parse(line.toString('utf8')) as Partial<AuditEntry>;
    return sequence === undefined || previous === undefined ? undefined : { sequence, previous };
  } catch {
    return undefined;
  }
}
