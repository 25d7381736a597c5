import { TypedError } from '../base/typed-error.ts';

/**
 * Why the registry or a process refused; the names are those of the guest contract.
 * - `quota`: the principal runs as many background processes in this capsule as it may.
 * - `registry-full`: as many processes are kept, running or exited, as may be.
 * - `no-such-process`: unknown, released, or another principal's or capsule's; the answer does not tell which. Also a cursor
 *   that is malformed or belongs to another process or stream: the contract has no better case, and a cursor of another
 *   process must not confirm that it exists.
 * - `invalid-input`, `too-large`: the request itself.
 * - `cancelled`: the call was called off before the program ran.
 */
export type ProcessErrorCode =
  'quota' | 'registry-full' | 'no-such-process' | 'invalid-input' | 'too-large' | 'cancelled';

export class ProcessError extends TypedError<ProcessErrorCode> {}

export function noSuchProcess(): ProcessError {
  return new ProcessError(
    'no-such-process',
    'There is no such process.',
    'List the processes to see which there are.',
  );
}
