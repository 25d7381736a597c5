import { TypedError } from '../base/typed-error.ts';

/**
 * Why the registry or a process refused; the names are those of the guest contract.
 * - `quota`: the principal has reached its limit of background processes in this capsule.
 * - `disk-quota`: what the principal's programs have on the disk is over its quota, or cannot be measured.
 * - `registry-full`: the registry or the principal has reached its limit of entries, running or exited.
 * - `no-such-process`: unknown, released, or another principal's or capsule's; the answer does not tell which. Also a cursor
 *   that is malformed or belongs to another process or stream: the contract has no better case, and a cursor of another
 *   process must not confirm that it exists.
 * - `invalid-input`, `too-large`: the request itself.
 * - `cancelled`: the call was cancelled before the program ran.
 */
export type ProcessErrorCode =
  'quota' | 'disk-quota' | 'registry-full' | 'no-such-process' | 'invalid-input' | 'too-large' | 'cancelled';

export class ProcessError extends TypedError<ProcessErrorCode> {}

export function noSuchProcess(): ProcessError {
  return new ProcessError('no-such-process', 'No such process.', 'Use list-processes to see valid ids.');
}

export function registryFull(message: string): ProcessError {
  return new ProcessError(
    'registry-full',
    message,
    'Release exited processes, or wait until their retention ends.',
  );
}

export function startCancelled(): ProcessError {
  return new ProcessError('cancelled', 'The start was cancelled.', 'Start it again if needed.');
}
