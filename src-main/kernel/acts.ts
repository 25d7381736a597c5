import type { Clock } from '../base/clock.ts';
import { isTypedError } from '../base/typed-error.ts';
import type { AuditLog } from '../store/audit-log.ts';

/** Does something that no guest asked for and records it once, with how it ended. */
export type Act = <T>(action: string, target: string, work: () => T | Promise<T>) => Promise<T>;

/** Who acts: a person at the window or the command line, or the application of its own accord. */
export type Actor = 'operator' | 'application';

/** What is done beside the guests stands in the same log as what guests do. */
export function createAct(audit: AuditLog, clock: Clock, actor: Actor): Act {
  const record = (action: string, target: string, failure: string | undefined): void | Promise<void> =>
    audit.append({
      at: clock.now(),
      capsule: '',
      principal: actor,
      action: `${actor}#${action}`,
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
