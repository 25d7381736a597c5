/**
 * How one call into a guest ended. After anything but `returned` the instance is gone, unless a guest whose call was cancelled
 * or overdue returned by itself within the grace: its memory is in order, and what other calls started lives on.
 */
export type CallOutcome =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'trapped'; readonly message: string }
  | { readonly kind: 'out-of-memory'; readonly message: string }
  | { readonly kind: 'timed-out'; readonly message: string }
  | { readonly kind: 'cancelled'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Why a call is ended from outside, in words for a guest that returned within the grace and for one that did not. */
export interface Abort {
  readonly returned: CallOutcome;
  readonly ended: CallOutcome;
}

const end: CallOutcome = { kind: 'cancelled', message: 'The invocation was cancelled.' };

export const CANCELLED: Abort = { returned: end, ended: end };

export function overdue(timeoutMs: number): Abort {
  const seconds = (timeoutMs / 1_000).toLocaleString('en', { maximumFractionDigits: 1 });
  const words = `The guest did not return within ${seconds} s`;
  return {
    returned: { kind: 'timed-out', message: `${words}; the call was aborted.` },
    ended: { kind: 'timed-out', message: `${words} and was terminated.` },
  };
}

/** Traps of arithmetic, indirect calls and the stack, in V8's words. */
const NOT_OF_MEMORY =
  /^(RuntimeError: (wasm trap: (integer divide by zero|integer overflow|invalid conversion to integer)|null function or function signature mismatch|table index is out of bounds)|RangeError: Maximum call stack size exceeded)/;

/** Whether a trap in a full memory may have come from that: an allocator that gets no more traps or throws, in many words. */
export function mayBeOutOfMemory(message: string): boolean {
  return !NOT_OF_MEMORY.test(message);
}

/** @param guestMessage what the guest itself said, or V8 of its trap */
export function outOfMemory(limitBytes: number, guestMessage: string): string {
  return `The guest reached its memory limit of ${Math.round(limitBytes / 1_048_576)} MiB and was terminated (${guestMessage}).`;
}
