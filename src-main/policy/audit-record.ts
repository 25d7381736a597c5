/** How a call of a host function ended. */
export type AuditOutcome = 'allowed' | 'denied' | 'failed' | 'cancelled';

/**
 * One thing that somebody did or was refused: who, what, on what, and how it ended. Never holds
 * environment values, input, output, a secret or a process-id.
 */
export interface AuditRecord {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly capsule: string;
  readonly principal: string;
  /** The host function, e.g. `astrid:process/host@1.0.0#spawn`, or an act of the operator or the application, e.g. `operator#install`. */
  readonly action: string;
  /** On what, in a short text: the command line, a keyed hash of a process-id, a key's name. */
  readonly target: string;
  readonly outcome: AuditOutcome;
  /** The name of the error the guest got, or what went wrong; empty when allowed. */
  readonly reason: string;
}
