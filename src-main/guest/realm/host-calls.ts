import type { Exchange } from '../../bridge/protocol.ts';
import { Operations, requestFrame, type OperationName } from '../../bridge/codec/operations.ts';
import { HOST_FRAME } from '../../bridge/codec/limits.ts';
import type { Outcome } from '../../base/outcome.ts';
import type { HostResource, ResourceClasses } from './resources.ts';

/** Asks the host and blocks this thread until the answer is there. */
export type AskHost = (args: readonly unknown[]) => Outcome;

/**
 * The guest's end of the codec: from call to frame and back.
 *
 * @returns how to ask for one operation; whatever cannot travel is a trap
 */
export function createHostCalls(
  exchange: Exchange,
  classes: ResourceClasses,
): (name: OperationName) => AskHost {
  const operations = new Operations({
    toNumber: (resource) => (resource as HostResource).handle,
    fromNumber(handle, fullName) {
      const resource = new (classes.get(fullName))();
      resource.handle = handle;
      return resource;
    },
  });
  return (name) => {
    const operation = operations.named(name);
    return (args) => {
      try {
        return operation.codec.readOutcome(exchange(requestFrame(operation, args)), HOST_FRAME);
      } catch (error) {
        // Nothing else may be thrown either: jco would take it for the function's own error.
        const why = error instanceof Error ? error.message : String(error);
        return { tag: 'trap', message: `The call of ${name} could not be made: ${why}.` };
      }
    };
  };
}
