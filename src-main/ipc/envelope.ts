import { isTypedError, TypedError } from '../base/typed-error.ts';
import type { Envelope, Failure } from '../contract/requests.ts';

export type IpcErrorCode =
  'refused-sender' | 'invalid-argument' | 'internal' | 'kernel-failed' | 'call-in-use' | 'too-many-calls';

/** Where the host writes what a window must not see. One line or one stack per call. */
export type HostLog = (line: string) => void;

/**
 * Runs `work` and wraps what it gives or throws, so that a reply never is a rejection. A typed error
 * crosses as it is; anything else is a bug of ours: the window gets a general sentence, `log` the stack.
 */
export async function envelope<Answer>(
  name: string,
  log: HostLog,
  work: () => Answer | Promise<Answer>,
): Promise<Envelope<Answer>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (isTypedError(error)) {
      return { ok: false, error: failureOf(error) };
    }
    log(`request ${name} failed: ${stackOf(error)}`);
    return {
      ok: false,
      error: {
        code: 'internal' satisfies IpcErrorCode,
        message: `${name} failed unexpectedly.`,
        hint: 'Try again. If it fails again, restart Capsule Desktop and see its log for details.',
      },
    };
  }
}

/** What happened when the kernel did not start, as every later request reports it. */
export function kernelFailed(error: unknown): TypedError<IpcErrorCode> {
  const known = isTypedError(error);
  return new TypedError<IpcErrorCode>(
    'kernel-failed',
    known ? `The runtime failed to start: ${error.message}` : 'The runtime failed to start.',
    known ? error.hint : 'Quit, then start Capsule Desktop from a terminal to see the reason.',
    { cause: error },
  );
}

/** The text for the host log: a stack with its causes, or whatever else was thrown. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}

function failureOf(error: TypedError): Failure {
  return { code: error.code, message: error.message, hint: error.hint };
}
