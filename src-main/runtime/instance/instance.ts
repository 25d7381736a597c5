import { randomUUID } from 'node:crypto';
import { deferred, type Deferred } from '../../base/deferred.ts';
import { Emitter } from '../../base/emitter.ts';
import { closed, opened } from '../../base/leaks.ts';
import type { GuestExport } from '../../bridge/codec/guest-functions.ts';
import { RESOURCE_DROP } from '../../bridge/codec/operations.ts';
import { createFrameResponder } from '../../bridge/responder.ts';
import type { GuestMessage, GuestStart } from '../../guest/protocol.ts';
import type { Caller } from '../../host/pipeline/host-function.ts';
import { HandleTable } from '../../host/pipeline/handle-table.ts';
import type { Outcome } from '../../base/outcome.ts';
import { capabilityNames, isHeld } from '../../policy/capabilities.ts';
import type { Gone, GuestProcess } from '../guest-process/guest-process.ts';
import { announced } from './announced.ts';
import type { CallOptions, InstanceOptions } from './instance-options.ts';
import { callFrame, returnedOf, undecodable } from './call-frames.ts';
import { CANCELLED, mayBeOutOfMemory, outOfMemory, overdue } from './call-outcome.ts';
import type { CallOutcome, Abort } from './call-outcome.ts';
import { CANCEL_GRACE_MS, START_TIMEOUT_MS } from '../limits.ts';

/**
 * A memory that is this full when the guest traps is why it trapped: an allocator that was refused
 * its next block traps (or throws) with the memory at, or one large block below, its cap.
 */
const RECYCLE_AT = 0.75;

interface Running {
  readonly id: number;
  readonly name: GuestExport;
  readonly end: Deferred<CallOutcome>;
  readonly options: CallOptions;
  readonly abort: AbortController;
  /** First cause wins. */
  cause: Abort | undefined;
}

/**
 * One live component in a guest process of its own. It serves one call at a time; its supervisor is this
 * thread, which never waits for it and can end it at any moment.
 */
export class GuestInstance {
  readonly id = randomUUID();
  readonly startedAt = Date.now();
  readonly handles: HandleTable;
  readonly #options: InstanceOptions;
  readonly #process: GuestProcess;
  readonly #started = deferred<CallOutcome | undefined>();
  readonly #ended = new Emitter<undefined>();
  #running: Running | undefined;
  /** First cause wins: why it was ended, when we ended it. */
  #endReason: CallOutcome | undefined;
  #exited = false;
  #full = false;
  #lastCall = 0;
  #memoryBytes = 0;

  /** Fires once, when the instance is gone and its handles are dropped. */
  readonly ended = this.#ended.event;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.handles = new HandleTable(options.report);
    opened(this);
    this.#process = options.guestProcesses.start({
      onMessage: (message) => this.#onMessage(message),
      respond: createFrameResponder((op, args) => this.#answer(op, args), {
        onUndecodable: (error) => this.#finish({ kind: 'trapped', message: undecodable(error.message) }),
        onFailure: (error) => options.report(`${options.capsule}: a host call got no response`, error),
      }),
      onGone: (why) => this.#onGone(why),
    });
    void announced(options, {
      begin: () => this.#process.begin(startOf(options)),
      started: this.#started.promise,
      ended: this.ended,
    });
  }

  get alive(): boolean {
    return !this.#exited && this.#endReason === undefined;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  /** Its linear memories when it last returned. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Its memory is near the limit. Linear memory never shrinks, so such an instance is not worth keeping. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * Calls one export. Never rejects: whatever goes wrong is how the call ended.
   *
   * @param args already in the shape jco lowers, e.g. `[action, payload]`
   */
  async call(name: GuestExport, args: readonly unknown[], options: CallOptions): Promise<CallOutcome> {
    if (this.#running !== undefined) {
      throw new Error('An instance serves one call at a time, but its pool handed it out twice.');
    }
    if (this.#endReason !== undefined) {
      return this.#endReason;
    }
    const running: Running = {
      id: ++this.#lastCall,
      name,
      end: deferred(),
      options,
      abort: new AbortController(),
      cause: undefined,
    };
    this.#running = running;
    const cancel = (): void => this.#abort(running, CANCELLED);
    const timer = setDeadline(options.timeoutMs, () =>
      this.#abort(running, overdue(options.askedMs ?? options.timeoutMs ?? 0)),
    );
    const startTimer = setDeadline(START_TIMEOUT_MS, () =>
      this.#finish({ kind: 'refused', message: 'The component did not start in time.' }),
    );
    options.signal?.addEventListener('abort', cancel, { once: true });
    try {
      if (options.signal?.aborted === true) {
        cancel();
      }
      const refusal = await Promise.race([this.#started.promise, running.end.promise]);
      clearTimeout(startTimer);
      if (refusal !== undefined) {
        return refusal;
      }
      if (running.cause !== undefined) {
        this.#finish(running.cause.ended);
        return running.cause.ended;
      }
      const frame = callFrame(name, args);
      if (typeof frame === 'string') {
        return { kind: 'out-of-memory', message: frame };
      }
      this.#process.call({ id: running.id, export: name, frame });
      return await running.end.promise;
    } finally {
      clearTimeout(timer);
      clearTimeout(startTimer);
      options.signal?.removeEventListener('abort', cancel);
      running.abort.abort();
      this.#running = undefined;
    }
  }

  /** Ends it at once, whatever it is doing, and drops its handles. */
  async terminate(): Promise<void> {
    this.#finish({ kind: 'cancelled', message: 'The instance was terminated.' });
    await this.#process.kill();
  }

  async #answer(op: string, args: readonly unknown[]): Promise<Outcome> {
    if (op === RESOURCE_DROP) {
      await this.#options.pipeline.recordDrops(this.#options, this.handles.drop(args[0] as number));
      return { tag: 'ok', value: undefined };
    }
    const running = this.#running;
    const caller: Caller = {
      capsule: this.#options.capsule,
      capsuleUuid: this.#options.capsuleUuid,
      principal: this.#options.principal,
      rights: this.#options.rights,
      invocation: running?.options.invocation ?? null,
      signal: running?.abort.signal ?? AbortSignal.abort(),
      handles: this.handles,
      ready: () => running?.options.onReady?.(),
    };
    return this.#options.pipeline(caller, op, args);
  }

  #onMessage(message: GuestMessage): void {
    switch (message.kind) {
      case 'started':
        this.#started.resolve(undefined);
        return;
      case 'refused':
        this.#finish({ kind: 'refused', message: message.message });
        return;
      case 'returned':
        this.#memoryBytes = message.memoryBytes;
        this.#full = this.#isFull(message.memoryBytes);
        this.#onReturn(message.frame);
        return;
      case 'trapped':
        this.#finish(
          this.#running?.cause !== undefined
            ? this.#running.cause.ended
            : this.#isFull(message.memoryBytes) && mayBeOutOfMemory(message.message)
              ? {
                  kind: 'out-of-memory',
                  message: outOfMemory(this.#options.memoryLimitBytes, message.message),
                }
              : { kind: 'trapped', message: message.message },
        );
    }
  }

  #onReturn(frame: Uint8Array): void {
    if (this.#running === undefined) {
      return;
    }
    const { name, cause, end } = this.#running;
    const returned = returnedOf(name, frame);
    if (returned.kind === 'returned') {
      // First cause wins: what a guest makes of its cancelled host call is a consequence.
      end.resolve(cause?.returned ?? returned);
    } else {
      this.#finish(returned);
    }
  }

  #isFull(memoryBytes: number): boolean {
    return memoryBytes >= this.#options.memoryLimitBytes * RECYCLE_AT;
  }

  #abort(running: Running, abort: Abort): void {
    if (running.cause !== undefined) {
      return;
    }
    running.cause = abort;
    running.options.onAbort?.();
    // The host call in flight is answered `cancelled`, which lets the guest tidy up what it has outside itself.
    running.abort.abort();
    let returned = false;
    const finish = (): void => {
      if (!returned) {
        this.#finish(abort.ended);
      }
    };
    // After a stall of this thread the guest's answer may lie here unread: it is looked at first.
    const timer = setTimeout(() => setImmediate(finish), CANCEL_GRACE_MS);
    void running.end.promise.then(() => {
      returned = true;
      clearTimeout(timer);
    });
  }

  /** The one way an instance ends: latch why, settle the call, end the process. */
  #finish(end: CallOutcome): void {
    this.#endReason ??= end;
    this.#started.resolve(this.#endReason);
    this.#running?.end.resolve(this.#endReason);
    this.#running?.abort.abort();
    void this.#process.kill();
  }

  #onGone(why: Gone): void {
    this.#exited = true;
    closed(this);
    this.#finish(why);
    const { capsule, pipeline, report } = this.#options;
    pipeline
      .recordDrops(this.#options, this.handles.dispose())
      .catch((error: unknown) =>
        report(`${capsule}: the resources dropped with its instance could not be recorded`, error),
      );
    this.#ended.fire(undefined);
    this.#ended.dispose();
  }
}

function startOf({ component, rights, monotonicAnchorNs }: InstanceOptions): GuestStart {
  const { script, modules, imports } = component;
  const capabilities = capabilityNames.filter((name) => isHeld(rights, name));
  return { script, modules, imports, capabilities, monotonicAnchorNs };
}

function setDeadline(timeoutMs: number | undefined, expire: () => void): NodeJS.Timeout | undefined {
  return timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
}
