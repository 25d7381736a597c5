import type { Emitter } from '../../base/emitter.ts';
import type {
  ExitReason,
  ExitView,
  LogStream,
  ProcessPhase,
  ProcessSignal,
  ProcessTier,
  ProcessView,
} from '../../contract/views.ts';
import type { SandboxedChild } from '../../os/child/child.ts';
import { SIGNAL_NUMBERS } from '../../os/proc/signals.ts';
import { ExitLatch } from './exit-latch.ts';
import { reasonOfExit } from './exit-reason.ts';
import { CANCEL_GRACE_MS, MAX_STOP_GRACE_MS } from '../limits.ts';
import type { LogSlice } from '../output/log-ring.ts';
import type { ProcessOutput } from '../output/process-output.ts';
import { ProcessInput } from './input.ts';
import type { ManagedProcessOptions, ProcessOwner, ProcessPlan, Spawn } from './spec.ts';
import { informOwner, viewProcess, type ProcessInfo, type ProcessState } from './view.ts';
import type { ResourceWatch, Watching } from '../usage/resource-watch.ts';
import { ProcessTimes } from './process-times.ts';
import { ProcessStreams } from './streams.ts';
import { StopSequence, type FirstSignal } from './stop-sequence.ts';
import { UseClock } from './use-clock.ts';

/** One OS process of a capsule, whatever its tier: its output, input, signals, stop and end. */
export class ManagedProcess {
  readonly id: string;
  readonly key: string;
  readonly owner: ProcessOwner;
  readonly tier: ProcessTier;
  readonly plan: ProcessPlan;
  readonly times: ProcessTimes;
  readonly use: UseClock;
  /** Resolves once, when the program has ended and its output is complete. Also after a failed start (code and signal null). */
  readonly exited: Promise<ExitView>;
  readonly #limits: Pick<ResourceWatch, 'add'>;
  readonly #changed: () => void;
  readonly #exit = new ExitLatch();
  readonly #streams: ProcessStreams;
  readonly #stop: StopSequence;
  readonly #input = new ProcessInput();
  readonly #sent = new Set<number>();
  #child: SandboxedChild | undefined;
  #reason: ExitReason | undefined;
  #frozen = false;
  #watching: Watching | undefined;

  constructor({ id, key, owner, tier, plan, clock, limits, onChange }: ManagedProcessOptions) {
    this.id = id;
    this.key = key;
    this.owner = owner;
    this.tier = tier;
    this.plan = plan;
    this.times = new ProcessTimes(clock);
    this.exited = this.#exit.promise;
    this.use = new UseClock(clock);
    this.#limits = limits;
    this.#changed = onChange;
    const ring = { capacity: plan.ringBytes, overflow: plan.overflow, now: this.times.mark };
    this.#streams = new ProcessStreams(ring, onChange);
    this.#stop = new StopSequence({
      clock,
      ask: (signal) => this.#ask(signal),
      kill: () => this.#child?.kill(),
      onChange,
    });
  }

  /** Starts the program; once. Rejects with what `spawn` rejects with. */
  async start(spawn: Spawn): Promise<void> {
    let child: SandboxedChild;
    try {
      child = await spawn(this.plan.spawn);
    } catch (error) {
      this.#settle({ code: null, signal: null, reason: this.#reason ?? 'self' });
      throw error;
    }
    this.#child = child;
    // Readers first, or a program that echoes a long input would wait for us while we wait for it.
    this.#streams.attach(child);
    this.#input.attach(child.stdin, this.plan);
    void this.#watch(child);
    this.#watching = this.#limits.add({
      child,
      limits: this.plan.limits,
      onLook: ({ stopped }) => this.#see(stopped),
      onExceeded: (reason) => void this.kill(reason),
    });
    // A stop or kill that came while it was starting.
    const step = this.#stop.view?.step;
    if (step === 'kill') {
      child.kill();
    } else if (step !== undefined) {
      this.#ask(step);
    }
    this.#changed();
  }

  get phase(): ProcessPhase {
    if (this.#exit.view !== null) {
      return 'exited';
    }
    if (this.#stop.view !== null) {
      return 'stopping';
    }
    return this.#child === undefined ? 'starting' : 'running';
  }

  get exit(): ExitView | null {
    return this.#exit.view;
  }

  /** Like `exited`, for callers that may unsubscribe before exit; the promise holds on to its waiters until then. */
  get onExit(): Emitter<ExitView>['event'] {
    return this.#exit.event;
  }

  /** False from the program's own end on, also while the last of its output is still taken in. */
  get live(): boolean {
    return this.#exit.view === null && this.#child?.ended !== true;
  }

  /** Says which stream has more bytes or has ended; fires for every chunk. */
  get onOutput(): Emitter<LogStream>['event'] {
    return this.#streams.onOutput;
  }

  /** For the owner: next bytes of the shared drain cursor. */
  drain(stream: LogStream, max: number): LogSlice {
    this.use.touch();
    return this.#streams[stream].drain(max);
  }

  /** For the owner: the same as text, characters never torn. */
  drainText(stream: LogStream, max: number): Promise<string> {
    this.use.touch();
    return this.#streams[stream].drainText(max);
  }

  /** For the owner: from a cursor of its own; null is the oldest retained byte. */
  readSince(stream: LogStream, offset: number | null, max: number): LogSlice {
    this.use.touch();
    return this.#streams[stream].readSince(offset, max);
  }

  /** For the window: takes nothing from anybody, counts as nobody's reading. */
  output(stream: LogStream): Pick<ProcessOutput, 'view' | 'readAt'> {
    return this.#streams[stream];
  }

  /** Bytes of output that it holds in memory, both streams. */
  get retainedBytes(): number {
    return this.#streams.retainedBytes;
  }

  /** Once it has ended: gives up its output, as if newer had taken its place. */
  discardOutput(): void {
    this.#streams.discard();
    this.#changed();
  }

  /** True when the shared drain cursor has bytes before it, or both streams have ended. */
  get readable(): boolean {
    return this.#streams.readable;
  }

  /**
   * Resolves with the number of bytes when the program's input has taken them all; waits as long as it does not read.
   * Throws `ProcessError` `too-large` over 1 MiB, `OsError` `closed` when the input is closed on either side, and the
   * signal's reason when that aborts; what was not taken by then is not written later.
   */
  writeStdin(bytes: Uint8Array, signal?: AbortSignal): Promise<number> {
    this.use.touch();
    return this.#input.write(bytes, signal);
  }

  /** The program sees the end of its input after what was written. Harmless when closed. */
  closeStdin(): void {
    this.use.touch();
    this.#input.end();
    this.#changed();
  }

  /**
   * Sends a signal to the program and its descendants. False when it has ended. Whether a `stop` or `cont` has frozen it or let
   * it go on is seen by the next look, within milliseconds.
   */
  async signal(name: ProcessSignal): Promise<boolean> {
    const child = this.#child;
    if (child === undefined || child.ended) {
      return false;
    }
    // Before it is sent: the end that it brings about may be known before the answer.
    this.#sent.add(SIGNAL_NUMBERS[name]);
    const delivered = await child.signal(name);
    if (delivered) {
      this.#watching?.attend();
    }
    return delivered;
  }

  /**
   * TERM or INT, then KILL after `graceMs` (at most 30 s). The first reason given is the one that stays. Resolves with the end,
   * or with null when the stop is cancelled: then the program keeps running.
   */
  async stop(graceMs: number, reason: ExitReason, first: FirstSignal = 'term'): Promise<ExitView | null> {
    if (!this.live) {
      return this.exited;
    }
    this.#reason ??= reason;
    const grace = Math.min(MAX_STOP_GRACE_MS, Math.max(0, graceMs));
    // An unload or cancel depends on the exit; only a plain stop can be cancelled.
    this.#stop.begin({ graceMs: grace, first, revocable: reason === 'stopped' });
    return (await this.#stop.over) === 'ended' ? this.exited : null;
  }

  /** For a cancelled call: INT, 2 s, KILL. */
  cancel(): Promise<ExitView | null> {
    return this.stop(CANCEL_GRACE_MS, 'cancelled', 'int');
  }

  /** Cancels the KILL of a requested stop. False when there is none, or the program has exited. */
  cancelStop(): boolean {
    const cancelled = this.live && this.#stop.cancel();
    if (cancelled) {
      this.#reason = undefined;
    }
    return cancelled;
  }

  /** Kills it and all its descendants immediately. */
  kill(reason: ExitReason): Promise<ExitView> {
    if (this.live) {
      this.#reason ??= reason;
      this.#stop.force();
    }
    return this.exited;
  }

  info(): ProcessInfo {
    return informOwner(this.#state());
  }

  view(): ProcessView {
    return viewProcess(this.#state());
  }

  #state(): ProcessState {
    return {
      key: this.key,
      owner: this.owner,
      tier: this.tier,
      plan: this.plan,
      phase: this.phase,
      times: this.times,
      idleMs: this.use.idleMs,
      exit: this.#exit.view,
      stop: this.#stop.view,
      frozen: this.#frozen,
      stdinOpen: this.#input.open,
      child: this.#child,
      streams: this.#streams,
    };
  }

  #ask(signal: FirstSignal): void {
    // A stopped program, whoever stopped it, could not act on it; to any other `cont` says nothing.
    for (const name of [signal, 'cont'] as const) {
      // Whatever becomes of it, KILL follows.
      this.signal(name).catch(() => undefined);
    }
  }

  /** As a look found it: also one that stopped itself is frozen, and one that a stop has missed is not. */
  #see(stopped: boolean): void {
    if (stopped !== this.#frozen) {
      this.#frozen = stopped;
      this.#changed();
    }
  }

  async #watch(child: SandboxedChild): Promise<void> {
    const exit = await child.exited;
    const reason = reasonOfExit(exit, this.#reason, this.#sent, this.plan.limits, child.ranOutOfMemory());
    await this.#streams.drain();
    this.#settle({ ...exit, reason });
  }

  #settle(exit: ExitView): void {
    this.#watching?.end();
    this.times.end();
    this.#exit.set(exit, () => {
      this.#stop.end();
      this.#streams.close();
    });
    this.#changed();
  }
}
