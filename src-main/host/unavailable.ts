import { hostInterfaces } from './generated/interfaces.ts';
import type { HostInterfaceTable } from './generated/table.ts';
import type { HostInterface } from './pipeline/errors-of.ts';
import { hostFunction, nothing, type HostFunctions, type InterfaceName } from './pipeline/host-function.ts';
import { GuestTrap, WitError } from './pipeline/wit-error.ts';

/**
 * An interface that links but is not built yet: each function returns the interface's own `unknown`
 * error, which says so. Where an error type has no `unknown`, its `closed` says the nearest thing; a
 * function without an error type cannot be reached, since nothing hands out its resource.
 *
 * @param what names in the error what is missing, where that is not the whole interface
 */
export function createUnavailableHost<Name extends InterfaceName>(
  name: Name,
  what: string = name,
): HostInterface<Name> {
  const table: HostInterfaceTable = hostInterfaces[name];
  const text = `${what} is not available in this version of Capsule Desktop.`;
  const payload =
    table.errorCases !== null && 'unknown' in table.errorCases
      ? { tag: 'unknown', val: text }
      : { tag: 'closed' };

  const functions = Object.fromEntries(
    table.functions.map((entry) => [
      entry.wit,
      hostFunction({
        needs: nothing('does nothing'),
        audit: 'refusals',
        target: () => '',
        run: () => {
          throw entry.fallible ? new WitError(payload) : new GuestTrap(text);
        },
      }),
    ]),
  );
  return {
    name,
    errors: { denied: payload, quota: payload, cancelled: payload, unknown: () => payload, byCode: {} },
    // Made from the same generated table as the type, so it has exactly the type's keys.
    functions: functions as unknown as HostFunctions<Name>,
  };
}
