import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { MAX_CALL_MESSAGE_BYTES } from '../../contract/limits.ts';
import type { InstanceView, InvokeResult, LastCallView } from '../../contract/views.ts';
import type { Pipeline } from '../../host/pipeline/pipeline.ts';
import { cutText } from '../../policy/audit-text.ts';
import type { Rights } from '../../policy/rights.ts';
import type { Quotas } from '../../policy/profile.ts';
import type { CallOutcome } from '../instance/call-outcome.ts';
import { failureOf, interpretResult } from '../instance/call-result.ts';
import { RuntimeError } from '../errors.ts';
import { GuestInstance } from '../instance/instance.ts';
import type { InstanceBudget } from '../instance/instance-budget.ts';
import type { GuestProcesses, LoadedComponent } from '../guest-process/guest-process.ts';
import type { InstanceOptions } from '../instance/instance-options.ts';
import { LIFECYCLE_TIMEOUT_MS, RUN_LOOP_SETTLE_MS } from '../limits.ts';
import { createInstancePool, type InstancePool } from '../instance/pool.ts';
import { startRunLoop, type RunLoop, type RunLoopState } from '../instance/run-loop.ts';

export interface CapsuleRuntimeOptions {
  readonly capsule: string;
  readonly capsuleUuid: string;
  /** Who the run loop and the life-cycle hooks act for. */
  readonly owner: string;
  readonly rights: Rights;
  readonly quotas: Quotas;
  readonly component: LoadedComponent;
  readonly guestProcesses: GuestProcesses;
  readonly monotonicAnchorNs: bigint;
  readonly clock: Clock;
  /** Shared with all other capsules. */
  readonly budget: InstanceBudget;
  readonly pipeline: Pipeline;
  /** Marks that an instance of it is starting; see `InstanceOptions`. */
  readonly announceStart: InstanceOptions['announceStart'];
  /** Ends what an invocation started for itself. */
  readonly cancelProcesses: (invocation: string) => void;
  readonly report: (message: string, error: unknown) => void;
  /** State, instances or the latest call have changed. */
  readonly onChange: () => void;
}

export interface HookCall {
  readonly action: string;
  readonly payload: Uint8Array;
  readonly principal: string;
  /** What is left of `askedMs`. */
  readonly timeoutMs: number;
  /** What the caller was promised. */
  readonly askedMs: number;
  readonly signal?: AbortSignal;
}

interface Begun {
  readonly at: number;
  readonly since: number;
}

/** The source id of an operator's own invocations. */
const OPERATOR = '00000000-0000-0000-0000-000000000000';

type LifecycleHook = 'astridInstall' | 'astridUpgrade';

/** One enabled capsule: its run loop, its pools of hook instances, its life-cycle hooks. */
export class CapsuleRuntime {
  readonly #options: CapsuleRuntimeOptions;
  readonly #pools = new Map<string, InstancePool>();
  readonly #live = new Map<GuestInstance, Pick<InstanceView, 'kind' | 'principal'>>();
  #loop: RunLoop | undefined;
  #lastCall: LastCallView | null = null;
  #disposed = false;

  constructor(options: CapsuleRuntimeOptions) {
    this.#options = options;
  }

  get lastCall(): LastCallView | null {
    return this.#lastCall;
  }

  get restarts(): number {
    return this.#loop?.restarts() ?? 0;
  }

  /** Undefined when the component exports no `run`. */
  loopState(): RunLoopState | undefined {
    return this.#loop?.state();
  }

  instances(): readonly InstanceView[] {
    return [...this.#live].map(([instance, { kind, principal }]) => ({
      key: instance.id,
      kind,
      principal,
      state: instance.alive ? (instance.busy ? 'busy' : 'idle') : 'ended',
      since: instance.startedAt,
    }));
  }

  /** Nothing of it runs, nor waits to run by itself: nothing is lost when it is loaded again at its next call. */
  get idle(): boolean {
    return this.#live.size === 0 && this.#loop === undefined;
  }

  /** Starts what runs by itself. */
  start(): void {
    if (!this.#disposed && this.#options.component.exports.includes('run')) {
      const { clock, owner, onChange } = this.#options;
      this.#loop = startRunLoop(() => this.#create('run', owner), onChange, clock);
    }
  }

  has(hook: LifecycleHook): boolean {
    return this.#options.component.exports.includes(hook);
  }

  /**
   * Calls `astrid-install` or `astrid-upgrade`, which the component has, in an instance of its own.
   *
   * @throws RuntimeError when the hook does anything but return
   */
  async runLifecycle(hook: LifecycleHook, signal: AbortSignal): Promise<void> {
    const instance = this.#create('lifecycle', this.#options.owner);
    try {
      const end = await instance.call(hook, [], {
        invocation: null,
        timeoutMs: LIFECYCLE_TIMEOUT_MS,
        signal,
      });
      if (end.kind !== 'returned') {
        throw failureOf(end, this.#options.capsule);
      }
    } finally {
      await instance.terminate();
    }
  }

  /**
   * One call of `astrid-hook-trigger`, in an instance of the caller's own pool.
   *
   * @throws RuntimeError when the guest traps, overruns, is cancelled or has no such export
   */
  async invoke(call: HookCall): Promise<InvokeResult> {
    if (!this.#options.component.exports.includes('astridHookTrigger')) {
      throw new RuntimeError(
        'action-unsupported',
        `The capsule ${this.#options.capsule} does not handle actions.`,
        'Its component does not export astrid-hook-trigger. See its processes and log instead.',
      );
    }
    const begun = { at: this.#options.clock.now(), since: this.#options.clock.monotonic() };
    const signals = [
      AbortSignal.timeout(call.timeoutMs),
      ...(call.signal === undefined ? [] : [call.signal]),
    ];
    const end = await this.#hook(call, AbortSignal.any(signals)).catch((error: unknown): CallOutcome => {
      // Waiting for an instance was cut short; the wait counts towards the deadline.
      if (signals.some((signal) => signal.aborted)) {
        return call.signal?.aborted === true
          ? { kind: 'cancelled', message: 'The invocation was cancelled.' }
          : { kind: 'timed-out', message: 'No instance became available before the deadline.' };
      }
      throw error;
    });
    return this.#conclude(call, end, begun);
  }

  /** Ends every instance. What they own ends with them. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#loop?.dispose();
    await Promise.all([...this.#pools.values()].map((pool) => pool.dispose()));
    await Promise.all([...this.#live.keys()].map((instance) => instance.terminate()));
  }

  async #hook(call: HookCall, patience: AbortSignal): Promise<CallOutcome> {
    const pool = this.#poolOf(call.principal);
    const { clock } = this.#options;
    const since = clock.monotonic();
    const instance = await pool.take(patience);
    try {
      const id = randomUUID();
      const running = instance.call('astridHookTrigger', [call.action, call.payload], {
        invocation: { id, sourceId: OPERATOR, timestamp: new Date().toISOString() },
        onAbort: () => this.#options.cancelProcesses(id),
        timeoutMs: Math.max(1, Math.ceil(call.timeoutMs - (clock.monotonic() - since))),
        askedMs: call.askedMs,
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      });
      this.#options.onChange();
      return await running;
    } finally {
      pool.give(instance);
      this.#dropUnusedPools();
    }
  }

  /** @param begun when, as the wall clock shows it and by the monotonic one */
  #conclude(call: HookCall, end: CallOutcome, { at, since }: Begun): InvokeResult {
    const durationMs = Math.round(this.#options.clock.monotonic() - since);
    const result = end.kind === 'returned' ? interpretResult(end.value) : undefined;
    const failure = end.kind === 'returned' ? undefined : failureOf(end, this.#options.capsule);
    this.#lastCall = {
      action: cutText(call.action, MAX_CALL_MESSAGE_BYTES),
      principal: call.principal,
      outcome: result === undefined ? outcomeOf(end) : result.refused ? 'refused' : 'ok',
      message: cutText(
        failure?.message ?? (result?.refused === true ? (result.data ?? '') : ''),
        MAX_CALL_MESSAGE_BYTES,
      ),
      at,
      durationMs,
    };
    this.#options.onChange();
    if (result === undefined) {
      throw failure;
    }
    return { ...result, durationMs };
  }

  #poolOf(principal: string): InstancePool {
    const known = this.#pools.get(principal);
    if (known !== undefined) {
      return known;
    }
    const pool = createInstancePool(
      () => this.#create('hook', principal),
      this.#options.quotas.maxInFlightCalls,
      this.#options.budget,
    );
    this.#pools.set(principal, pool);
    return pool;
  }

  /** Names of principals have no end, and so would the pools. */
  #dropUnusedPools(): void {
    for (const [principal, pool] of this.#pools) {
      if (pool.unused()) {
        this.#pools.delete(principal);
      }
    }
  }

  #create(kind: InstanceView['kind'], principal: string): GuestInstance {
    if (this.#disposed) {
      throw new RuntimeError(
        'capsule-disabled',
        `The capsule ${this.#options.capsule} is stopping.`,
        'Enable it again, then repeat the call.',
      );
    }
    const instance = new GuestInstance({
      ...this.#options,
      principal,
      memoryLimitBytes: this.#options.quotas.maxMemoryBytes,
      ...(kind === 'run' ? { settleMs: RUN_LOOP_SETTLE_MS } : {}),
    });
    this.#live.set(instance, { kind, principal });
    instance.ended(() => {
      this.#live.delete(instance);
      // Its pool hears of it after this.
      queueMicrotask(() => this.#dropUnusedPools());
      this.#options.onChange();
    });
    return instance;
  }
}

function outcomeOf(end: CallOutcome): LastCallView['outcome'] {
  return end.kind === 'returned' || end.kind === 'refused' ? 'failed' : end.kind;
}
