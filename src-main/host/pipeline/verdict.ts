import type { Outcome } from '../../base/outcome.ts';
import { isTypedError, type TypedError } from '../../base/typed-error.ts';
import type { AuditOutcome } from '../../policy/audit-record.ts';
import { Denied } from '../../policy/gate.ts';
import type { Operation } from './operation-table.ts';
import { GuestTrap, WitError } from './wit-error.ts';

/** How a call ended, for the guest and for the audit. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly audited: AuditOutcome;
  readonly reason: string;
  /** What the function returned; absent when it was refused or failed. */
  readonly value?: unknown;
  /** Set where the function's own rule about records does not count. */
  readonly recorded?: boolean;
}

export function succeeded(value: unknown): Verdict {
  return { outcome: { tag: 'ok', value }, audited: 'allowed', reason: '', value };
}

/** One record a second tells it all; one a call would let a guest fill the disk with refusals. */
export function overCharged(operation: Operation, reason: string, again: boolean): Verdict {
  return { ...refused(operation, 'denied', operation.errors.quota, reason), recorded: !again };
}

export function cancelled(operation: Operation): Verdict {
  const { errors, function: record } = operation;
  const instead = record.whenCancelled?.();
  if (instead instanceof WitError) {
    return refused(operation, 'cancelled', instead.payload, 'cancelled');
  }
  return record.whenCancelled === undefined
    ? refused(operation, 'cancelled', errors.cancelled, 'cancelled')
    : { outcome: { tag: 'ok', value: instead }, audited: 'cancelled', reason: 'cancelled' };
}

/** What a thrown error means: the guest's own error, a denial, a trap, or a bug that shows the guest nothing of the host. */
export function failed(
  operation: Operation,
  error: unknown,
  report: (message: string, error: unknown) => void,
): Verdict {
  const { errors, fallible, name } = operation;
  if (error instanceof Denied) {
    return refused(operation, 'denied', errors.denied, error.reason);
  }
  if (error instanceof WitError) {
    const reason = [caseOf(error.payload), error.reason].filter((part) => part !== '').join(': ');
    return { outcome: { tag: 'err', value: error.payload }, audited: 'failed', reason };
  }
  if (error instanceof GuestTrap) {
    return { outcome: { tag: 'trap', message: error.message }, audited: 'failed', reason: error.message };
  }
  if (isTypedError(error)) {
    const mapped = errors.byCode[error.code]?.(error);
    if (mapped !== undefined) {
      return { outcome: { tag: 'err', value: mapped }, audited: 'failed', reason: reasonOf(mapped, error) };
    }
  }
  report(`${name} failed`, error);
  const text = 'Internal host error. See the host log for details.';
  return {
    outcome: fallible ? { tag: 'err', value: errors.unknown(text) } : { tag: 'trap', message: text },
    audited: 'failed',
    reason: 'host failure',
    recorded: true,
  };
}

/** Where the contract's case says less than the error, the operator can read what the guest is not told. */
function reasonOf(payload: unknown, { code, message, hint }: TypedError): string {
  const name = caseOf(payload);
  return name === code ? name : `${name}: ${message} ${hint}`;
}

/** @param payload null where the interface has no case for it: then it traps, unless the function has a stand-in */
function refused(operation: Operation, audited: AuditOutcome, payload: unknown, reason: string): Verdict {
  const standIn = operation.function.refused;
  if (operation.fallible && payload !== null) {
    return { outcome: { tag: 'err', value: payload }, audited, reason };
  }
  if (standIn !== undefined) {
    return { outcome: { tag: 'ok', value: standIn() }, audited, reason };
  }
  return { outcome: { tag: 'trap', message: `${operation.name} was refused: ${reason}.` }, audited, reason };
}

/** The case's name; an enum is its own. */
function caseOf(payload: unknown): string {
  if (typeof payload === 'string') {
    return payload;
  }
  return typeof payload === 'object' && payload !== null && 'tag' in payload ? String(payload.tag) : '';
}
