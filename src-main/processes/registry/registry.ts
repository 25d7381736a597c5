import type { Clock } from '../../base/clock.ts';
import { Emitter } from '../../base/emitter.ts';
import { closed, opened } from '../../base/leaks.ts';
import type { ExitReason, LogStream, OutputView, ProcessTier, ProcessView } from '../../contract/views.ts';
import { decodeCursor, encodeCursor } from './cursor-token.ts';
import { DEFAULT_STOP_GRACE_MS, SHUTDOWN_GRACE_MS } from '../limits.ts';
import { ManagedProcess } from '../process/managed-process.ts';
import { noSuchProcess, ProcessError, registryFull, startCancelled } from '../process-error.ts';
import { KeyedHash, newProcessId } from './process-id.ts';
import { ProcessIndex } from './process-index.ts';
import type { Asker } from './process-index.ts';
import { planProcess } from '../process/spec.ts';
import type { ProcessOwner, ProcessPlan, ProcessSpec, Spawn } from '../process/spec.ts';
import { evaluate, Reaper } from './reaper.ts';
import { REFERENCE_LIMITS } from './limits.ts';
import type { RegistryLimits } from './limits.ts';
import { planRings } from './output-budget.ts';
import { ResourceWatch } from '../usage/resource-watch.ts';
import { UNLIMITED_STORAGE, type StorageWatch } from '../usage/storage-watch.ts';

export interface RegistryOptions {
  readonly spawn: Spawn;
  readonly clock: Clock;
  readonly limits?: Partial<RegistryLimits>;
  /** Nobody's disk usage has a limit when absent. */
  readonly storage?: Pick<StorageWatch, 'start'>;
}

export interface SpawnOptions {
  /** The principal's own limit of live background processes, when lower than the registry's. */
  readonly maxConcurrent?: number;
  /** Cancels the start: it rejects with `cancelled`, and nothing runs. Later aborts have no effect. */
  readonly signal?: AbortSignal;
}

export type RegistryChange =
  | { readonly kind: 'process'; readonly process: ProcessView }
  | ({ readonly kind: 'process-output' } & OutputView)
  | { readonly kind: 'process-removed'; readonly key: string };

/** All OS processes of all capsules, running and recently ended. Outlives instances; ends with the kernel. */
export class ProcessRegistry {
  readonly #spawn: Spawn;
  readonly #clock: Clock;
  readonly #limits: RegistryLimits;
  readonly #hash = new KeyedHash();
  readonly #entries = new ProcessIndex(this.#hash);
  readonly #change = new Emitter<RegistryChange>();
  /** One for all: there is one machine. */
  readonly #watch = new ResourceWatch();
  readonly #storage: Pick<StorageWatch, 'start'>;
  readonly #reaper = new Reaper(() => this.sweep());
  #disposal: Promise<void> | undefined;

  constructor({ spawn, clock, limits, storage }: RegistryOptions) {
    this.#spawn = spawn;
    this.#storage = storage ?? UNLIMITED_STORAGE;
    this.#clock = clock;
    this.#limits = { ...REFERENCE_LIMITS, ...limits };
    opened(this);
  }

  /** Fires for every visible change, and for output as it comes. */
  get onChange(): Emitter<RegistryChange>['event'] {
    return this.#change.event;
  }

  /**
   * Starts a program for `owner`. The slot is reserved before anything is started and is free again when the program
   * has ended. Throws `ProcessError` `quota`, `disk-quota`, `registry-full`, `too-large`, `invalid-input` or `cancelled`, or the
   * `OsError` of the start; then no entry remains.
   */
  async spawn(
    owner: ProcessOwner,
    tier: ProcessTier,
    spec: ProcessSpec,
    { maxConcurrent, signal }: SpawnOptions = {},
  ): Promise<ManagedProcess> {
    const asked = planProcess(spec, tier);
    if (this.#disposal !== undefined || isAborted(signal)) {
      throw startCancelled();
    }
    this.#checkCaps(owner, tier, maxConcurrent ?? this.#limits.concurrent);
    const plan = planRings(this.#entries.all(), asked, tier, this.#limits);
    const process = this.#reserve(owner, tier, plan);
    const abort = (): void => void process.cancel();
    signal?.addEventListener('abort', abort);
    try {
      const onExceeded = (): void => void process.kill('disk-quota');
      await process.start((toStart) => this.#storage.start({ owner, onExceeded }, toStart, this.#spawn));
    } catch (error) {
      this.#remove(process);
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
    if (isAborted(signal)) {
      await process.exited;
      this.#remove(process);
      throw startCancelled();
    }
    return process;
  }

  /** The key of an id, for windows and audit records; unknown ids have one too. */
  keyOf(id: string): string {
    return this.#entries.keyOf(id);
  }

  /** The asker's own persistent process with this id. All other ids look alike, see `ProcessIndex`. */
  find(id: string, asker: Asker): ManagedProcess | undefined {
    return this.#entries.find(id, asker);
  }

  /** Like `find`, but throws `no-such-process`. */
  byId(id: string, asker: Asker): ManagedProcess {
    return this.find(id, asker) ?? fail(noSuchProcess());
  }

  /** For the window, which sees every process. Throws `no-such-process`. */
  byKey(key: string): ManagedProcess {
    return this.#entries.byKey(key) ?? fail(noSuchProcess());
  }

  /** The asker's persistent processes in order of start; `labelPart`: only labels that contain it. */
  list(asker: Asker, labelPart: string | null): readonly ManagedProcess[] {
    return this.#entries
      .all()
      .filter(
        (process) =>
          process.tier === 'persistent' &&
          this.#entries.isOwn(process, asker) &&
          process.plan.label.includes(labelPart ?? ''),
      );
  }

  /** A token for reading on from `offset`, good for this process and stream only. */
  cursor(process: ManagedProcess, stream: LogStream, offset: number): string {
    return encodeCursor(this.#hash, process.id, stream, offset);
  }

  /** The offset of a token of `cursor`. Throws `no-such-process` for any other text. */
  offsetOf(process: ManagedProcess, stream: LogStream, token: string): number {
    return decodeCursor(this.#hash, process.id, stream, token);
  }

  /** Forgets an ended process and its output. Throws `invalid-input` while it runs. */
  release(process: ManagedProcess): void {
    if (process.exit === null) {
      throw new ProcessError('invalid-input', 'The process is still running.', 'Stop it first.');
    }
    this.#remove(process);
  }

  /** The capsule was removed: nobody can ask for what it left by id, also not a capsule of that name that comes after it. */
  giveUp(capsule: string): void {
    this.#entries.giveUp(capsule);
  }

  /** Stops all that match: TERM, the grace, KILL. Resolves when all of them have ended. */
  async stopAll(
    matches: (process: ManagedProcess) => boolean,
    reason: ExitReason,
    graceMs: number,
  ): Promise<void> {
    const live = this.#entries.all().filter((process) => process.exit === null && matches(process));
    await Promise.all(live.map((process) => process.stop(graceMs, reason)));
  }

  /**
   * A call was cancelled or is over its deadline: ends what it started for itself (INT to the group, 2 s, KILL). Resolves when
   * that has ended. Persistent processes are meant to outlive their call, and what other calls or none started is not its own.
   */
  async cancelCall(call: string): Promise<void> {
    const own = this.#entries
      .all()
      .filter(({ exit, tier, owner }) => exit === null && tier !== 'persistent' && owner.call === call);
    await Promise.all(own.map((process) => process.cancel()));
  }

  views(): readonly ProcessView[] {
    return this.#entries.all().map((process) => process.view());
  }

  /** Stops processes past their lifetime or idle timeout, and removes those past their retention. */
  sweep(): void {
    for (const process of this.#entries.all()) {
      const decision = evaluate(process);
      if (decision === 'forget') {
        this.#remove(process);
      } else if (decision !== null) {
        void process.stop(DEFAULT_STOP_GRACE_MS, decision);
      }
    }
  }

  /** Stops every process (TERM, a short grace, KILL) and resolves when none is left. Nothing starts afterwards. */
  dispose(): Promise<void> {
    this.#disposal ??= this.#endAll();
    return this.#disposal;
  }

  async #endAll(): Promise<void> {
    await this.stopAll(() => true, 'shutdown', SHUTDOWN_GRACE_MS);
    this.#reaper.watch(false);
    this.#change.dispose();
    this.#entries.clear();
    closed(this);
  }

  #checkCaps(owner: ProcessOwner, tier: ProcessTier, maxConcurrent: number): void {
    const all = this.#entries.all();
    const isLive = (process: ManagedProcess): boolean =>
      process.exit === null && process.tier !== 'sync' && this.#entries.isOwn(process, owner);
    if (tier !== 'sync' && all.filter(isLive).length >= Math.min(maxConcurrent, this.#limits.concurrent)) {
      throw new ProcessError(
        'quota',
        'The capsule has reached its limit of background processes.',
        'Stop one, or wait for one to exit.',
      );
    }
    // What a removed capsule left is nobody's any more.
    const kept = all.filter(
      (process) => process.tier === 'persistent' && this.#entries.isOwn(process, process.owner),
    );
    const isRetained = (process: ManagedProcess): boolean => process.owner.principal === owner.principal;
    if (tier === 'persistent' && kept.filter(isRetained).length >= this.#limits.retainedPerPrincipal) {
      throw registryFull(
        `This principal has reached its limit of ${String(this.#limits.retainedPerPrincipal)} persistent processes.`,
      );
    }
    if (all.length >= this.#limits.entries) {
      const oldest = all.find((process) => process.exit !== null && !kept.includes(process));
      if (oldest === undefined) {
        throw registryFull(`The process registry is full (${String(this.#limits.entries)} entries).`);
      }
      this.#remove(oldest);
    }
  }

  #reserve(owner: ProcessOwner, tier: ProcessTier, plan: ProcessPlan): ManagedProcess {
    const id = newProcessId();
    const key = this.#entries.keyOf(id);
    const process: ManagedProcess = new ManagedProcess({
      id,
      key,
      owner,
      tier,
      plan,
      clock: this.#clock,
      limits: this.#watch,
      onChange: () => this.#announce(process),
    });
    process.onOutput((stream) => this.#announceOutput(process, stream));
    this.#entries.add(process);
    this.#reaper.watch(true);
    this.#announce(process);
    void process.exited.then(() => this.#trimTransient());
    return process;
  }

  /** Removes the oldest exited processes that no guest can refer to by id any more. */
  #trimTransient(): void {
    const ended = this.#entries.all().filter(({ exit, tier }) => exit !== null && tier !== 'persistent');
    ended
      .slice(0, Math.max(0, ended.length - this.#limits.exitedTransient))
      .forEach((process) => this.#remove(process));
  }

  #announce(process: ManagedProcess): void {
    if (this.#entries.has(process)) {
      this.#change.fire({ kind: 'process', process: process.view() });
    }
  }

  #announceOutput(process: ManagedProcess, stream: LogStream): void {
    if (this.#entries.has(process)) {
      const { produced, dropped } = process.output(stream).view;
      this.#change.fire({ kind: 'process-output', key: process.key, stream, produced, dropped });
    }
  }

  #remove(process: ManagedProcess): void {
    if (this.#entries.delete(process)) {
      this.#reaper.watch(this.#entries.size > 0);
      this.#change.fire({ kind: 'process-removed', key: process.key });
    }
  }
}

function fail(error: ProcessError): never {
  throw error;
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
