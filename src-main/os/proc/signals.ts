/** Signals that a process may be sent by name; KILL is not among them, it has a way of its own. */
export const SIGNAL_NUMBERS = { hup: 1, int: 2, usr1: 10, usr2: 12, term: 15, cont: 18, stop: 19 } as const;

export type SignalName = keyof typeof SIGNAL_NUMBERS;

export const SIGKILL = 9;
/** The kernel's word that a process has used up its CPU time. */
export const SIGXCPU = 24;

/**
 * Signals that the kernel raises by itself: ILL TRAP ABRT BUS FPE KILL (out of memory) SEGV PIPE ALRM XCPU XFSZ VTALRM
 * PROF SYS. ABRT is what `abort()` raises.
 */
const RAISED_BY_KERNEL: ReadonlySet<number> = new Set([4, 5, 6, 7, 8, 9, 11, 13, 14, 24, 25, 26, 27, 31]);

export interface ChildExit {
  /** Exit status, or null when a signal ended the program. */
  readonly code: number | null;
  /** Signal number, or null when the program exited by itself. */
  readonly signal: number | null;
}

/**
 * Splits bubblewrap's one number. It reports death by signal n as 128 + n, which a program may also return by itself,
 * and nobody outside can see which it was. Taken for a signal: what we sent, and what the kernel raises. So `exit 143`
 * in a handler for our TERM reads as signal 15, and a TERM between two programs of one sandbox as status 143.
 */
export function interpretExit(status: number, sent: ReadonlySet<number>): ChildExit {
  const signal = status - 128;
  return sent.has(signal) || RAISED_BY_KERNEL.has(signal)
    ? { code: null, signal }
    : { code: status, signal: null };
}
