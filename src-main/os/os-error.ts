import { TypedError } from '../base/typed-error.ts';

/**
 * Why the machine refused.
 * - `sandbox-unsupported`: not Linux; nothing is started without a sandbox.
 * - `sandbox-missing`: bubblewrap, or prlimit beside it, is not installed, or bubblewrap is too old.
 * - `sandbox-blocked`: bubblewrap is there but the system does not let it make namespaces.
 * - `program-not-found`: the command is nowhere the sandbox can see, or is not an executable file.
 * - `invalid-spawn`: a path, argument, name or limit that must not reach the sandbox.
 * - `spawn-failed`: the sandbox could not be set up or the program could not be executed.
 * - `path-escape`: a path leads out of the workspace.
 * - `path-invalid`: there is no such folder in the workspace.
 * - `closed`: the stream is closed on this side or on the child's.
 */
export type OsErrorCode =
  | 'sandbox-unsupported'
  | 'sandbox-missing'
  | 'sandbox-blocked'
  | 'program-not-found'
  | 'invalid-spawn'
  | 'spawn-failed'
  | 'path-escape'
  | 'path-invalid'
  | 'closed';

export class OsError extends TypedError<OsErrorCode> {}
