import { randomUUID } from 'node:crypto';
import { MessageChannel, Worker } from 'node:worker_threads';
import { deferred, type Deferred } from '../../base/deferred.ts';
import { Emitter } from '../../base/emitter.ts';
import { closed, opened } from '../../base/leaks.ts';
import { serveGuest } from '../../bridge/host-end.ts';
import { createSharedBuffer } from '../../bridge/protocol.ts';
import {
  RESOURCE_DROP,
  type GuestCall,
  type GuestExport,
  type GuestMessage,
  type GuestStart,
} from '../../guest/protocol.ts';
import type { Caller } from '../../host/pipeline/host-function.ts';
import { HandleTable } from '../../host/pipeline/handle-table.ts';
import type { Outcome } from '../../base/outcome.ts';
import { isHeld, capabilityNames } from '../../policy/capabilities.ts';
import type { CallOptions, InstanceOptions } from './instance-options.ts';
import { CANCELLED, outOfMemory, overdue } from './call-outcome.ts';
import type { CallOutcome, Abort } from './call-outcome.ts';
import { CANCEL_GRACE_MS, START_TIMEOUT_MS, WORKER_HEAP_MB, WORKER_STACK_MB } from '../limits.ts';

/**
 * A memory that is this full when the guest traps is why it trapped: an allocator that was refused
 * its next block traps (or throws) with the memory at, or one large block below, its cap.
 */
const RECYCLE_AT = 0.75;

interface Running {
  readonly id: number;
  readonly end: Deferred<CallOutcome>;
  readonly options: CallOptions;
  readonly abort: AbortController;
  /** First cause wins. */
  cause: Abort | undefined;
}

/**
 * One live component in its own worker thread. It serves one call at a time; its supervisor is this
 * thread, which never waits for it and can end it at any moment.
 */
export class GuestInstance {
  readonly id = randomUUID();
  readonly startedAt = Date.now();
  readonly handles: HandleTable;
  readonly #options: InstanceOptions;
  readonly #worker: Worker;
  readonly #stopServing: () => void;
  readonly #started = deferred<CallOutcome | undefined>();
  readonly #ended = new Emitter<undefined>();
  #running: Running | undefined;
  /** First cause wins: why the worker was ended, when we ended it. */
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
    const { port1, port2 } = new MessageChannel();
    const shared = createSharedBuffer();
    const start: GuestStart = {
      questions: port2,
      shared,
      script: options.component.script,
      modules: options.component.modules,
      imports: options.component.imports,
      capabilities: capabilityNames.filter((name) => isHeld(options.rights, name)),
      monotonicAnchorNs: options.monotonicAnchorNs,
    };
    this.#worker = new Worker(options.workerFile, {
      workerData: start,
      transferList: [port2],
      env: {},
      execArgv: [],
      stdin: false,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB, stackSizeMb: WORKER_STACK_MB },
    });
    this.#stopServing = serveGuest(
      port1,
      shared,
      ({ op, args }) => this.#answer(op, args),
      (error) => options.report(`${options.capsule}: a host call got no response`, error),
    );
    this.#worker.on('message', (message: GuestMessage) => this.#onMessage(message));
    this.#worker.on('error', (error) => this.#onWorkerError(error));
    this.#worker.on('exit', () => this.#onExit());
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
      const call: GuestCall = { id: running.id, export: name, args };
      this.#worker.postMessage(call);
      return await running.end.promise;
    } finally {
      clearTimeout(timer);
      clearTimeout(startTimer);
      options.signal?.removeEventListener('abort', cancel);
      running.abort.abort();
      this.#running = undefined;
    }
  }

  /** Ends the worker at once, whatever it is doing, and drops its handles. */
  async terminate(): Promise<void> {
    this.#finish({ kind: 'cancelled', message: 'The instance was terminated.' });
    await this.#worker.terminate();
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
        // First cause wins: what a guest makes of its cancelled host call is a consequence.
        const { kind, value } = message;
        this.#running?.end.resolve(this.#running.cause?.returned ?? { kind, value });
        return;
      case 'trapped':
        this.#finish(
          this.#running?.cause !== undefined
            ? this.#running.cause.ended
            : this.#isFull(message.memoryBytes)
              ? {
                  kind: 'out-of-memory',
                  message: outOfMemory(this.#options.memoryLimitBytes, message.message),
                }
              : { kind: 'trapped', message: message.message },
        );
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

  #onWorkerError(error: Error): void {
    const heap = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    this.#finish(
      heap
        ? {
            kind: 'out-of-memory',
            message: `The guest's thread exceeded ${WORKER_HEAP_MB} MB of JavaScript heap.`,
          }
        : { kind: 'trapped', message: error.message },
    );
  }

  /** The one way an instance ends: latch why, settle the call, end the thread. */
  #finish(end: CallOutcome): void {
    this.#endReason ??= end;
    this.#started.resolve(this.#endReason);
    this.#running?.end.resolve(this.#endReason);
    this.#running?.abort.abort();
    void this.#worker.terminate();
  }

  #onExit(): void {
    this.#exited = true;
    closed(this);
    this.#stopServing();
    this.#finish({ kind: 'trapped', message: 'The guest’s thread exited unexpectedly.' });
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

function setDeadline(timeoutMs: number | undefined, expire: () => void): NodeJS.Timeout | undefined {
  return timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
}
