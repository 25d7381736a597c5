import type { AuditOutcome, AuditRecord } from '../policy/audit-record.ts';
import { AUDIT_RECORDS_PER_SECOND } from './limits.ts';
import { OwnerBudget, type Admission } from './owner-budget.ts';

/** What one capsule did, or was refused, beyond its budget. */
interface LeftOut {
  readonly capsule: string;
  /** Empty when there was more than one. */
  principal: string;
  outcome: AuditOutcome;
  /** How often, by action. */
  readonly actions: Map<string, number>;
}

/** The gravest last: a summary has the gravest outcome that it stands for. */
const GRAVITY: readonly AuditOutcome[] = ['allowed', 'cancelled', 'failed', 'denied'];

/**
 * How many records each capsule may have in a second. What it did and what it was refused are two budgets: with refusals
 * that cost nothing, no capsule can push what it did out of the log. What a person or the host does is never left out.
 */
export class AuditBudget {
  readonly #done = new OwnerBudget(AUDIT_RECORDS_PER_SECOND);
  readonly #refused = new OwnerBudget(AUDIT_RECORDS_PER_SECOND);
  readonly #leftOut = new Map<string, LeftOut>();

  /** @param now milliseconds of the monotonic clock */
  admit(record: AuditRecord, now: number): Admission {
    const { capsule, outcome } = record;
    if (capsule === '') {
      return 'write';
    }
    const budget = outcome === 'allowed' ? this.#done : this.#refused;
    const admission = budget.admit(capsule, now);
    if (admission !== 'write') {
      this.#count(`${outcome === 'allowed' ? 'done' : 'refused'} ${capsule}`, record);
    }
    return admission;
  }

  /** One record for each budget that was passed since the last call. @param at epoch ms */
  take(at: number): readonly AuditRecord[] {
    const summaries = [...this.#leftOut.values()].map((leftOut) => summarise(leftOut, at));
    this.#leftOut.clear();
    return summaries;
  }

  #count(key: string, { capsule, principal, action, outcome }: AuditRecord): void {
    const leftOut = this.#leftOut.get(key) ?? { capsule, principal, outcome, actions: new Map() };
    this.#leftOut.set(key, leftOut);
    leftOut.actions.set(action, (leftOut.actions.get(action) ?? 0) + 1);
    if (leftOut.principal !== principal) {
      leftOut.principal = '';
    }
    if (GRAVITY.indexOf(outcome) > GRAVITY.indexOf(leftOut.outcome)) {
      leftOut.outcome = outcome;
    }
  }
}

function summarise({ capsule, principal, outcome, actions }: LeftOut, at: number): AuditRecord {
  const counts = [...actions].sort(([, one], [, other]) => one - other);
  const count = counts.reduce((sum, [, times]) => sum + times, 0);
  const [only] = counts;
  return {
    at,
    capsule,
    principal,
    action: counts.length === 1 && only !== undefined ? only[0] : 'audit#more',
    // The rarest first: what hides in a flood must not be what is cut off.
    target: counts.length === 1 ? '' : counts.map(([action, times]) => `${action} ×${times}`).join(', '),
    outcome,
    reason: `${count} more in this second`,
  };
}
