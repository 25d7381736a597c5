import type { Clock } from '../base/clock.ts';
import type { AuditRecord } from '../policy/audit-record.ts';
import { cutText } from '../policy/audit-text.ts';
import { AuditChain, type AuditLimits } from './audit-chain.ts';
import { AuditBudget } from './audit-budget.ts';
import { createBatchQueue } from './batch-queue.ts';
import {
  AUDIT_QUEUE,
  AUDIT_QUEUE_MAX,
  AUDIT_RETENTION_DAYS,
  AUDIT_SEGMENT_BYTES,
  AUDIT_TEXT_BYTES,
  AUDIT_TOTAL_BYTES,
} from './limits.ts';
import { onceASecond } from './once-a-second.ts';
import type { Report } from './own-entries.ts';

export interface AuditLog {
  /**
   * A promise only when the disk is behind: the caller then waits, and no evidence is dropped. A capsule that is over
   * its budget is recorded once more at the end of the second, with how much was left out.
   */
  readonly append: (record: AuditRecord) => void | Promise<void>;
  /** Removes the oldest segments beyond the limits of size and age, and records it; done by itself for each full one. */
  readonly prune: () => Promise<void>;
  /** Resolves when everything appended so far is in the file, or one more attempt to write it has failed. */
  readonly flush: () => Promise<void>;
  /** `flush`, and gives up what is still waiting. Nothing may be appended afterwards. */
  readonly close: () => Promise<void>;
}

export interface AuditLogOptions {
  readonly clock: Clock;
  readonly report: Report;
  /** Tests lower them. */
  readonly limits?: AuditLimits;
}

const LIMITS: AuditLimits = {
  segmentBytes: AUDIT_SEGMENT_BYTES,
  totalBytes: AUDIT_TOTAL_BYTES,
  retentionDays: AUDIT_RETENTION_DAYS,
};

/**
 * The hash-linked audit log in `folder`: changing or removing a line breaks the link of every later one. Records go to
 * `audit.jsonl`; a full one becomes the segment `audit-<number of its last record>.jsonl`, to which the next links. It
 * continues where the last one ends. A line that a crash cut off stays as it is: the next record links to it and takes
 * the number after the last whole one.
 *
 * @throws StoreError `not-a-file`, or the error of the system, rather than begin a second chain
 */
export async function openAuditLog(
  folder: string,
  { clock, report, limits = LIMITS }: AuditLogOptions,
): Promise<AuditLog> {
  const chain = await AuditChain.open(folder, limits, report);
  let pruning: Promise<void> = Promise.resolve();
  const queue = createBatchQueue<AuditRecord>({
    async write(records) {
      if (await chain.write(records)) {
        // Behind the records that wait, none of which waits for it.
        pruning = prune().catch((error: unknown) => report('could not remove old audit segments', error));
      }
    },
    failed: (what, count, error) =>
      report(
        what === 'kept'
          ? `could not write ${count} audit records; they are kept and tried again`
          : `could not write ${count} audit records; they are lost`,
        error,
      ),
  });
  const budget = new AuditBudget();
  /** Records that neither the disk nor the memory took. */
  let lost = 0;

  const push = (record: AuditRecord): void => {
    if (queue.waiting() >= AUDIT_QUEUE_MAX) {
      lost += 1;
      return;
    }
    if (lost > 0) {
      queue.push(ownRecord(clock, 'lost', 'failed', `${lost} records lost: the disk accepted none`));
      lost = 0;
    }
    queue.push(shorten(record));
  };
  const prune = async (): Promise<void> => {
    const pruned = await chain.prune(clock.now());
    if (pruned !== null) {
      push(ownRecord(clock, 'prune', 'allowed', pruned));
    }
  };
  const summaries = onceASecond(() => budget.take(clock.now()).forEach(push));
  const flush = (): Promise<void> => {
    summaries.finish();
    return queue.flush();
  };

  return {
    append(record) {
      const now = clock.monotonic();
      summaries.arrive(now);
      if (budget.admit(record, now) === 'write') {
        push(record);
      } else {
        summaries.ask(now);
      }
      return queue.waiting() > AUDIT_QUEUE ? queue.flush() : undefined;
    },
    prune,
    flush,
    async close() {
      await flush();
      await pruning;
      await queue.close();
    },
  };
}

/** What the log has to say about itself. */
function ownRecord(clock: Clock, what: string, outcome: AuditRecord['outcome'], text: string): AuditRecord {
  const [target, reason] = outcome === 'allowed' ? [text, ''] : ['', text];
  return {
    at: clock.now(),
    capsule: '',
    principal: 'host',
    action: `audit#${what}`,
    target,
    outcome,
    reason,
  };
}

function shorten(record: AuditRecord): AuditRecord {
  return {
    ...record,
    target: cutText(record.target, AUDIT_TEXT_BYTES),
    reason: cutText(record.reason, AUDIT_TEXT_BYTES),
  };
}
