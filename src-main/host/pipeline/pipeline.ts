import { isTypedError } from '../../base/typed-error.ts';
import type { Clock } from '../../base/clock.ts';
import type { AuditOutcome, AuditRecord } from '../../policy/audit-record.ts';
import { decide } from '../../policy/gate.ts';
import type { QuotaBook } from '../../policy/quota.ts';
import type { EndedByDrop } from './handle-table.ts';
import type { Call } from './host-function.ts';
import type { Operation, OperationTable } from './operation-table.ts';
import type { Outcome } from '../../base/outcome.ts';
import { GuestTrap, WitError } from './wit-error.ts';

export interface PipelineServices {
  readonly operations: OperationTable;
  readonly quotas: QuotaBook;
  readonly clock: Clock;
  /** Writes one record; a promise when the log is behind, so that no evidence is dropped. */
  readonly audit: (record: AuditRecord) => void | Promise<void>;
  /** The host's own log, for what a guest must not see. */
  readonly report: (message: string, error: unknown) => void;
}

export interface Pipeline {
  (call: Call, operation: string, args: readonly unknown[]): Promise<Outcome>;
  /** Records what dropped handles ended, by their guest or with its instance. No function is called for it, so nothing else does. */
  readonly recordDrops: (
    caller: Pick<Call, 'capsule' | 'principal'>,
    ended: readonly EndedByDrop[],
  ) => Promise<void>;
}

/** What a `run` of its own throws when the caller may not: every interface that can deny names it so. */
const DENIAL = 'capability-denied';

interface Decision {
  readonly outcome: Outcome;
  readonly audited: AuditOutcome;
  readonly reason: string;
  /** Set where the function's own rule about records does not count. */
  readonly recorded?: boolean;
}

/**
 * The one way from a guest's question to its answer, for every host function: find the record · not
 * cancelled · quota · gate · run, raced with cancellation · exactly one audit record (of refusals for
 * their number, one a second) · answer.
 */
export function createPipeline(services: PipelineServices): Pipeline {
  const answer = async (call: Call, name: string, args: readonly unknown[]): Promise<Outcome> => {
    const operation = services.operations.get(name);
    if (operation === undefined) {
      return { tag: 'trap', message: `The host has no function ${name}.` };
    }
    const decision = await evaluate(services, call, operation, args);
    if (decision.recorded ?? (operation.function.audit === 'always' || decision.audited === 'denied')) {
      await services.audit({
        at: services.clock.now(),
        capsule: call.capsule,
        principal: call.principal,
        action: operation.name,
        target: describeTarget(operation, args),
        outcome: decision.audited,
        reason: decision.reason,
      });
    }
    return decision.outcome;
  };
  const recordDrops: Pipeline['recordDrops'] = async ({ capsule, principal }, ended) => {
    const at = services.clock.now();
    // All are handed over in this turn: at the end of the application there may be no other.
    const written = ended.map(async ({ resource, target }) => {
      await services.audit({
        at,
        capsule,
        principal,
        // The component model's own name of it: `package/interface#[resource-drop]resource`.
        action: resource.replace('#', '#[resource-drop]'),
        target,
        outcome: 'allowed',
        reason: '',
      });
    });
    await Promise.all(written);
  };
  return Object.assign(answer, { recordDrops });
}

async function evaluate(
  { quotas, report }: PipelineServices,
  call: Call,
  operation: Operation,
  args: readonly unknown[],
): Promise<Decision> {
  const { function: record, errors } = operation;
  if (call.signal.aborted) {
    return cancelled(operation);
  }
  if (record.quota !== undefined) {
    const answer = quotas.take(`${call.capsule} ${call.principal}`, record.quota);
    if (answer !== 'taken') {
      const reason = `more ${record.quota} in one second than allowed`;
      const decision = refuse(operation, 'denied', errors.quota, reason);
      // One record a second tells it all; one a call would let a guest fill the disk with refusals.
      return { ...decision, recorded: answer === 'refused' };
    }
  }
  try {
    if (typeof record.needs === 'function') {
      const decision = decide(call.rights, record.needs(...args));
      if (!decision.allowed) {
        return refuse(operation, 'denied', errors.denied, decision.reason);
      }
    }
    const value = await raceWithCancel(call.signal, record.run(call, ...args));
    return { outcome: { tag: 'ok', value }, audited: 'allowed', reason: '' };
  } catch (error) {
    // First cause wins: whatever else a cancelled run threw is a consequence.
    return call.signal.aborted ? cancelled(operation) : mapError(operation, error, report);
  }
}

function cancelled(operation: Operation): Decision {
  const { errors, function: record } = operation;
  const decision = refuse(operation, 'cancelled', errors.cancelled, 'cancelled');
  return record.whenCancelled === undefined
    ? decision
    : { ...decision, outcome: { tag: 'ok', value: record.whenCancelled() } };
}

function refuse(operation: Operation, audited: AuditOutcome, payload: unknown, reason: string): Decision {
  const { refused } = operation.function;
  if (operation.fallible) {
    return { outcome: { tag: 'err', value: payload }, audited, reason };
  }
  if (refused !== undefined) {
    return { outcome: { tag: 'ok', value: refused() }, audited, reason };
  }
  return { outcome: { tag: 'trap', message: `${operation.name} was refused: ${reason}.` }, audited, reason };
}

/** Settles with the run, or rejects as soon as the call is cancelled; the run sees the same signal and ends by itself. */
async function raceWithCancel<T>(signal: AbortSignal, running: T | Promise<T>): Promise<T> {
  if (!(running instanceof Promise)) {
    return running;
  }
  let onAbort!: () => void;
  const cancelled = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([running, cancelled]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // The loser's later failure has been overtaken; it must not become an unhandled rejection.
    running.catch(() => undefined);
  }
}

/** What a thrown error means: the guest's own error, a trap, or a bug that shows the guest nothing of the host. */
function mapError(operation: Operation, error: unknown, report: PipelineServices['report']): Decision {
  const { errors } = operation;
  if (error instanceof WitError) {
    return {
      outcome: { tag: 'err', value: error.payload },
      audited: nameOf(error.payload) === DENIAL ? 'denied' : 'failed',
      reason: [nameOf(error.payload), error.reason].filter((part) => part !== '').join(': '),
    };
  }
  if (error instanceof GuestTrap) {
    return { outcome: { tag: 'trap', message: error.message }, audited: 'failed', reason: error.message };
  }
  const mapped = isTypedError(error) ? errors.byCode[error.code]?.(error) : undefined;
  if (mapped !== undefined) {
    return mapError(operation, new WitError(mapped, { cause: error }), report);
  }
  report(`${operation.name} failed`, error);
  const text = 'The host failed at this call; its log has the reason.';
  return {
    outcome: operation.fallible
      ? { tag: 'err', value: errors.unknown(text) }
      : { tag: 'trap', message: text },
    audited: 'failed',
    reason: 'host failure',
    recorded: true,
  };
}

function describeTarget(operation: Operation, args: readonly unknown[]): string {
  try {
    return operation.function.target(...args);
  } catch {
    // Arguments that cannot even be described were refused above; the record still has to be written.
    return '';
  }
}

function nameOf(payload: unknown): string {
  const tag = typeof payload === 'object' && payload !== null && 'tag' in payload ? payload.tag : payload;
  return typeof tag === 'string' ? tag : 'error';
}
