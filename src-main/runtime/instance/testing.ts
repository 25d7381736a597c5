import type { Outcome } from '../../base/outcome.ts';
import { noRights } from '../../policy/rights.ts';
import { noHost, unannounced } from '../testing.ts';
import type { InstanceOptions } from './instance-options.ts';

/** An instance of a capsule without rights, whose start nobody is told of, and which asks the host nothing unless said. */
export function instanceOptions(
  parts: Pick<InstanceOptions, 'guestProcesses' | 'component'> & Partial<InstanceOptions>,
): InstanceOptions {
  return {
    capsule: 'guest',
    capsuleUuid: '',
    principal: 'default',
    rights: noRights,
    memoryLimitBytes: 64 * 65_536,
    monotonicAnchorNs: 0n,
    pipeline: noHost,
    announceStart: unannounced,
    report: () => undefined,
    ...parts,
  };
}

/** A host that answers every request like this. */
export function hostOf(
  answer: (operation: string, args: readonly unknown[]) => Promise<Outcome>,
): InstanceOptions['pipeline'] {
  return Object.assign(
    (_caller: unknown, operation: string, args: readonly unknown[]) => answer(operation, args),
    { recordDrops: noHost.recordDrops },
  );
}
