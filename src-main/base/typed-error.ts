/**
 * An error a person or a program can act on: `code` is a closed union of the throwing folder,
 * `message` says what happened, `hint` says what to do next. The foreign error stays as `cause`.
 */
export class TypedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string;

  constructor(code: Code, message: string, hint: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'TypedError';
    this.code = code;
    this.hint = hint;
  }
}
