import type { Clock } from '../base/clock.ts';
import { isTypedError } from '../base/typed-error.ts';
import type { AuditLog } from '../store/audit-log.ts';

/** Does what the operator asked for and records it once, with how it ended. */
export type OperatorAct = <T>(action: string, target: string, work: () => T | Promise<T>) => Promise<T>;

/** What a person does at the window or the command line stands in the same log as what guests do. */
export function createOperatorAct(audit: AuditLog, clock: Clock): OperatorAct {
  const record = (action: string, target: string, failure: string | undefined): void | Promise<void> =>
    audit.append({
      at: clock.now(),
      capsule: '',
      principal: 'operator',
      action: `operator#${action}`,
      target,
      outcome: failure === undefined ? 'allowed' : 'failed',
      reason: failure ?? '',
    });

  return async (action, target, work) => {
    try {
      const result = await work();
      await record(action, target, undefined);
      return result;
    } catch (error) {
      await record(action, target, isTypedError(error) ? error.code : 'host failure');
      throw error;
    }
  };
}
