import type { Clock } from '../../base/clock.ts';
import type { Outcome } from '../../base/outcome.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import type { AuditRecord } from '../../policy/audit-record.ts';
import type { Ledger } from '../../policy/charges.ts';
import { Gate, type GateServices } from '../../policy/gate.ts';
import { CallHandles } from './call-handles.ts';
import type { EndedByDrop } from './handle-table.ts';
import type { Call, Caller, PreparedCall } from './host-function.ts';
import type { Operation, OperationTable } from './operation-table.ts';
import { cancelled, failed, overCharged, succeeded, type Verdict } from './verdict.ts';

export interface PipelineServices extends GateServices {
  readonly operations: OperationTable;
  readonly ledger: Ledger;
  readonly clock: Pick<Clock, 'now'>;
  /** Writes one record; a promise when the log is behind, so that no evidence is dropped. */
  readonly audit: (record: AuditRecord) => void | Promise<void>;
  /** A text that may hold what a guest wrote, without process-ids and cut to what a record keeps. */
  readonly withoutIds: (text: string) => string;
  /** The host's own log, for what a guest must not see. */
  readonly report: (message: string, error: unknown) => void;
}

export interface Pipeline {
  (caller: Caller, operation: string, args: readonly unknown[]): Promise<Outcome>;
  /** Records what dropped handles ended, by their guest or with its instance. No function is called for it, so nothing else does. */
  readonly recordDrops: (
    caller: Pick<Caller, 'capsule' | 'principal'>,
    ended: readonly EndedByDrop[],
  ) => Promise<void>;
}

/**
 * The one way from a guest's request to its answer, for every host function: find the record · instance live · subject ·
 * charges · gate · run · exactly one audit record (of which the log writes as many as the capsule's budget has) · answer.
 * What a function that may wait waits for, subject and gate included, is raced with a cancel.
 */
export function createPipeline(services: PipelineServices): Pipeline {
  const record = ({ target, reason, ...more }: AuditRecord): void | Promise<void> =>
    services.audit({
      ...more,
      target: services.withoutIds(target),
      reason: services.withoutIds(reason),
    });
  const answer = async (caller: Caller, name: string, args: readonly unknown[]): Promise<Outcome> => {
    const operation = services.operations.get(name);
    if (operation === undefined) {
      return { tag: 'trap', message: `Unknown host function ${name}.` };
    }
    if (caller.handles.ended) {
      return { tag: 'trap', message: 'The instance has ended.' };
    }
    const { verdict, target } = await perform(services, caller, operation, args);
    if (verdict.recorded ?? (operation.function.audit === 'always' || verdict.audited === 'denied')) {
      await record({
        at: services.clock.now(),
        capsule: caller.capsule,
        principal: caller.principal,
        action: operation.name,
        target,
        outcome: verdict.audited,
        reason: verdict.reason,
      });
    }
    return verdict.outcome;
  };
  const recordDrops: Pipeline['recordDrops'] = async ({ capsule, principal }, ended) => {
    const at = services.clock.now();
    // All are handed over in this turn: at the end of the application there may be no other.
    const written = ended.map(async ({ resource, target }) => {
      await record({
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

async function perform(
  services: PipelineServices,
  caller: Caller,
  operation: Operation,
  args: readonly unknown[],
): Promise<{ readonly verdict: Verdict; readonly target: string }> {
  const handles = new CallHandles(caller.handles, services.ledger, caller.capsule);
  const call: Call = { ...caller, handles, gate: new Gate(services, caller) };
  let prepared: PreparedCall<unknown> | undefined;
  let verdict: Verdict;
  try {
    const preparing = operation.function.prepare(call, args);
    prepared = preparing instanceof Promise ? await orAborted(call, operation, preparing) : preparing;
    verdict = await settle(call, operation, prepared);
  } catch (error) {
    // First cause wins: whatever else a cancelled run threw is a consequence.
    verdict =
      operation.function.blocks && call.signal.aborted
        ? cancelled(operation)
        : failed(operation, error, services.report);
  } finally {
    handles.end();
  }
  return { verdict, target: describeTarget(prepared, verdict) };
}

/** Charges, gate and run. Throws what the gate and the run throw. */
async function settle(call: Call, operation: Operation, prepared: PreparedCall<unknown>): Promise<Verdict> {
  const { blocks } = operation.function;
  if (blocks && call.signal.aborted) {
    return cancelled(operation);
  }
  const taken = call.handles.charge(prepared.charges());
  if (!taken.ok) {
    return overCharged(operation, taken.reason, taken.again);
  }
  const deciding = call.gate.check(prepared.needs());
  if (deciding !== undefined) {
    await deciding;
  }
  const running = prepared.run();
  if (!(running instanceof Promise)) {
    return succeeded(running);
  }
  return succeeded(await orAborted(call, operation, running));
}

/** What a function that may wait is waiting for, unless its call is cancelled first. */
function orAborted<T>(call: Call, operation: Operation, work: Promise<T>): Promise<T> {
  return operation.function.blocks ? untilAborted(work, call.signal) : work;
}

function describeTarget(prepared: PreparedCall<unknown> | undefined, { value }: Verdict): string {
  try {
    return prepared?.target(value) ?? '';
  } catch {
    // Arguments that cannot even be described were refused above; the record still has to be written.
    return '';
  }
}
