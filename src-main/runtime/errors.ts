import { TypedError } from '../base/typed-error.ts';

export type RuntimeErrorCode =
  | 'capsule-not-found'
  | 'capsule-disabled'
  | 'action-unsupported'
  | 'guest-trapped'
  | 'guest-out-of-memory'
  | 'guest-timed-out'
  | 'guest-refused-to-start'
  | 'invocation-cancelled'
  | 'install-cancelled'
  | 'component-unusable'
  | 'no-guest-process'
  | 'too-many-instances'
  | 'invalid-input'
  | 'safe-mode'
  | 'kernel-disposed';

export class RuntimeError extends TypedError<RuntimeErrorCode> {}

/** What is answered in safe mode to whatever would start something of a capsule. */
export function inSafeMode(): RuntimeError {
  return new RuntimeError(
    'safe-mode',
    'Capsule Desktop is in safe mode: capsules cannot be installed, enabled or invoked.',
    'Disable or remove the capsule that causes the problem, then restart Capsule Desktop normally.',
  );
}
