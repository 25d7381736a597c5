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
  | 'too-many-instances'
  | 'invalid-input'
  | 'kernel-disposed';

export class RuntimeError extends TypedError<RuntimeErrorCode> {}
