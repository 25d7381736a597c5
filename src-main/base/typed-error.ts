/** The same in every bundle: kernel and application are two, and `instanceof` knows only one's own class. */
const BRAND = Symbol.for('capsule-desktop.typed-error');

/**
 * An error a person or a program can act on: `code` is a closed union of the throwing folder,
 * `message` says what happened, `hint` says what to do next. The foreign error stays as `cause`.
 */
export class TypedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string;
  readonly [BRAND] = true;

  constructor(code: Code, message: string, hint: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'TypedError';
    this.code = code;
    this.hint = hint;
  }
}

/** Whether an error is a `TypedError`, also one of another bundle. */
export function isTypedError(error: unknown): error is TypedError {
  return error instanceof Error && BRAND in error;
}
