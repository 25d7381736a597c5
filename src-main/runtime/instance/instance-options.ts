import type { Invocation } from '../../host/pipeline/host-function.ts';
import type { Pipeline } from '../../host/pipeline/pipeline.ts';
import type { Rights } from '../../policy/rights.ts';
import type { Dispose } from '../../base/disposable.ts';
import type { GuestProcesses, LoadedComponent } from '../guest-process/guest-process.ts';

export interface InstanceOptions {
  readonly guestProcesses: GuestProcesses;
  readonly component: LoadedComponent;
  readonly capsule: string;
  readonly capsuleUuid: string;
  readonly principal: string;
  readonly rights: Rights;
  readonly memoryLimitBytes: number;
  readonly monotonicAnchorNs: bigint;
  readonly pipeline: Pipeline;
  /**
   * Marks that it is starting; nothing of the component is given to its thread before this resolves. What it resolves to
   * takes the mark back.
   */
  readonly announceStart: () => Promise<Dispose>;
  /** It counts as starting for this long after its component was instantiated. Milliseconds; absent means not at all. */
  readonly settleMs?: number;
  /** The host's own log. */
  readonly report: (message: string, error: unknown) => void;
}

export interface CallOptions {
  readonly invocation: Invocation | null;
  /** Ends the call as `timed-out` after this long; absent for a run loop. */
  readonly timeoutMs?: number;
  /** The time to speak of when it is over, where some of it went by before; `timeoutMs` when absent. */
  readonly askedMs?: number;
  /** Ends the call as `cancelled`. */
  readonly signal?: AbortSignal;
  /** Called once when the call is cancelled or overdue, before anything it holds is dropped. */
  readonly onAbort?: () => void;
  /** Called when the guest says `signal-ready`. */
  readonly onReady?: () => void;
}
