import { TypedError } from '../base/typed-error.ts';

/** Who a call acts for when nobody else is named: the one person at this machine. */
export const DEFAULT_PRINCIPAL = 'default';

/** The name of a caller without identity. It reads as a principal but holds nothing and cannot be created. */
export const ANONYMOUS_PRINCIPAL = 'anonymous';

/** The contract's rule: 1 to 64 characters, case kept. It also keeps the name safe as a file name. */
const PRINCIPAL = /^[A-Za-z0-9_-]{1,64}$/;

export type PrincipalErrorCode = 'principal-invalid' | 'principal-reserved';

export function isPrincipal(text: string): boolean {
  return PRINCIPAL.test(text);
}

/**
 * The principal an operator named, for acting as it.
 *
 * @throws TypedError `principal-invalid` when it breaks the rule, `principal-reserved` for `anonymous`.
 */
export function requirePrincipal(text: string): string {
  if (!isPrincipal(text)) {
    throw new TypedError<PrincipalErrorCode>(
      'principal-invalid',
      `${JSON.stringify(text.slice(0, 80))} is not a valid principal.`,
      'Use 1 to 64 letters, digits, "_" and "-".',
    );
  }
  if (text === ANONYMOUS_PRINCIPAL) {
    throw new TypedError<PrincipalErrorCode>(
      'principal-reserved',
      `The principal "${ANONYMOUS_PRINCIPAL}" is reserved for callers without an identity.`,
      `Choose another name, or "${DEFAULT_PRINCIPAL}".`,
    );
  }
  return text;
}
