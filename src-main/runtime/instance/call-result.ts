import type { InvokeResult } from '../../contract/views.ts';
import { RuntimeError, type RuntimeErrorCode } from '../errors.ts';
import type { CallOutcome } from './call-outcome.ts';

/** Verdicts by which a guest refuses; the reference treats both the same. */
const REFUSALS: ReadonlySet<string> = new Set(['deny', 'abort']);

/** What `capsule-result` says. The worker lifted it, so its shape is the contract's. */
export function interpretResult(value: unknown): Omit<InvokeResult, 'durationMs'> {
  const { action, data } = value as { readonly action: string; readonly data?: string };
  return { action, data: data ?? null, refused: REFUSALS.has(action) };
}

/** An end other than a return, as an error that a person can act on. */
export function failureOf(end: Exclude<CallOutcome, { kind: 'returned' }>, capsule: string): RuntimeError {
  const { code, hint } = explanations[end.kind];
  return new RuntimeError(code, `${capsule}: ${end.message}`, hint);
}

const explanations: Readonly<
  Record<Exclude<CallOutcome['kind'], 'returned'>, { readonly code: RuntimeErrorCode; readonly hint: string }>
> = {
  trapped: {
    code: 'guest-trapped',
    hint: 'This is a bug in the capsule. Its instance was discarded; the next call gets a new one.',
  },
  'out-of-memory': {
    code: 'guest-out-of-memory',
    hint: 'Call it with less data. The next call gets a new instance.',
  },
  'timed-out': {
    code: 'guest-timed-out',
    hint: 'Allow more time, or give it less work. The next call gets a new instance.',
  },
  cancelled: {
    code: 'invocation-cancelled',
    hint: 'You can invoke the action again at any time.',
  },
  refused: {
    code: 'guest-refused-to-start',
    hint: 'Rebuild the component against the interfaces of this host. `inspect` shows what it imports.',
  },
};
