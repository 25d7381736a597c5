import type { Invocation } from '../../host/pipeline/host-function.ts';
import type { Pipeline } from '../../host/pipeline/pipeline.ts';
import type { Rights } from '../../policy/rights.ts';
import type { CompiledComponent } from '../component/compiled-component.ts';

export interface InstanceOptions {
  readonly workerFile: string;
  readonly component: CompiledComponent;
  readonly capsule: string;
  readonly capsuleUuid: string;
  readonly principal: string;
  readonly rights: Rights;
  readonly memoryLimitBytes: number;
  readonly monotonicAnchorNs: bigint;
  readonly pipeline: Pipeline;
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
