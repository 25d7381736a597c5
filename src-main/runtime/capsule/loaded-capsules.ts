import type { Clock } from '../../base/clock.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import { sourceUuid } from '../../capsules/component/hash.ts';
import type { InstalledCapsule, Library } from '../../capsules/library/library.ts';
import type { Pipeline } from '../../host/pipeline/pipeline.ts';
import { intersect } from '../../policy/capabilities.ts';
import { DEFAULT_PRINCIPAL } from '../../policy/principal.ts';
import { defaultProfile } from '../../policy/profile.ts';
import { CapsuleRuntime } from './runtime.ts';
import { planComponent } from '../component/planned-component.ts';
import type { ComponentCache } from '../component/cache.ts';
import type { GuestProcesses } from '../guest-process/guest-process.ts';
import { InstanceBudget } from '../instance/instance-budget.ts';
import type { LastCallView } from '../../contract/views.ts';
import type { StartMarks, Starting } from '../../store/start-marks.ts';
import { MAX_IDLE_CAPSULES, MAX_IDLE_CAPSULE_BYTES } from '../limits.ts';
import { inSafeMode, RuntimeError } from '../errors.ts';

export interface LoadedCapsulesOptions {
  readonly library: Pick<Library, 'readComponent'>;
  readonly cache: Pick<ComponentCache, 'get'>;
  /** Marks each capsule that is starting, from before anything of its component is touched until it is up. */
  readonly starts: StartMarks;
  /** Nothing of a component is touched. */
  readonly safeMode: boolean;
  readonly clock: Clock;
  readonly pipeline: Pipeline;
  readonly guestProcesses: GuestProcesses;
  readonly monotonicAnchorNs: bigint;
  /** Ends every process of a capsule that is being unloaded: TERM, grace, KILL. */
  readonly stopProcesses: (capsule: string) => Promise<void>;
  /** Ends what a cancelled invocation started for itself. */
  readonly cancelProcesses: (invocation: string) => void;
  readonly report: (message: string, error: unknown) => void;
}

/** A capsule's runtime once it is loaded, or why it could not be. */
interface Loaded {
  readonly loading: Promise<CapsuleRuntime>;
  runtime: CapsuleRuntime | undefined;
  failure: string;
  /** Of its component, as installed. */
  readonly bytes: number;
  /** It is being unloaded: if still loading, it must not run, and nobody waits for its preparation. */
  readonly unloading: AbortController;
}

/** The loaded capsules. Who may load one, and when, is handled by the manager. */
export class LoadedCapsules {
  readonly #options: LoadedCapsulesOptions;
  readonly #onChange: (id: string) => void;
  /** In order of their last use. */
  readonly #loaded = new Map<string, Loaded>();
  /** Calls that use a capsule, or wait for it to be loaded. */
  readonly #holds = new Map<string, number>();
  /** Of capsules that were let go of: the latest call is shown all the same. */
  readonly #lastCalls = new Map<string, LastCallView | null>();
  readonly #budget = new InstanceBudget();
  #disposed = false;

  /** @param onChange hears of every change of a loaded capsule, also when it is removed meanwhile; must not throw */
  constructor(options: LoadedCapsulesOptions, onChange: (id: string) => void) {
    this.#options = options;
    this.#onChange = onChange;
  }

  /** Undefined for a capsule that is not loaded; `runtime` is undefined while it is being loaded. */
  find(id: string): Readonly<Pick<Loaded, 'runtime' | 'failure'>> | undefined {
    return this.#loaded.get(id);
  }

  lastCall(id: string): LastCallView | null {
    return this.#loaded.get(id)?.runtime?.lastCall ?? this.#lastCalls.get(id) ?? null;
  }

  /** Keeps a capsule loaded, once it is, until the returned function is called. */
  hold(id: string): () => void {
    this.#holds.set(id, (this.#holds.get(id) ?? 0) + 1);
    return () => {
      const left = (this.#holds.get(id) ?? 1) - 1;
      if (left > 0) {
        this.#holds.set(id, left);
      } else {
        this.#holds.delete(id);
      }
      this.#letGo();
    };
  }

  /** The runtime of a capsule, loaded once. A load that failed is tried again. */
  load(capsule: InstalledCapsule): Promise<CapsuleRuntime> {
    const { id } = capsule.manifest;
    const known = this.#loaded.get(id);
    if (known === undefined || known.failure !== '') {
      return this.loadNew(capsule);
    }
    this.#loaded.delete(id);
    this.#loaded.set(id, known);
    return known.loading;
  }

  /**
   * Loads a capsule that is not loaded yet, and starts its run loop if it is enabled.
   *
   * @param prepare runs before anything else of the capsule does
   */
  loadNew(
    capsule: InstalledCapsule,
    prepare?: (runtime: CapsuleRuntime) => Promise<void>,
  ): Promise<CapsuleRuntime> {
    if (this.#disposed || this.#options.safeMode) {
      return Promise.reject(this.#disposed ? closing() : inSafeMode());
    }
    const { id } = capsule.manifest;
    const unloading = new AbortController();
    const loading = this.#options.starts.during(startOf(capsule), async () => {
      unloading.signal.throwIfAborted();
      const runtime = await this.#createRuntime(capsule, unloading.signal);
      entry.runtime = runtime;
      if (unloading.signal.aborted) {
        await runtime.dispose();
      }
      await prepare?.(runtime);
      if (capsule.record.enabled) {
        runtime.start();
      }
      return runtime;
    });
    const entry: Loaded = {
      loading,
      runtime: undefined,
      failure: '',
      unloading,
      bytes: capsule.record.size,
    };
    this.#loaded.set(id, entry);
    loading.then(
      () => {
        this.#onChange(id);
        this.#letGo();
      },
      (error: unknown) => {
        entry.failure = error instanceof Error ? error.message : String(error);
        this.#onChange(id);
      },
    );
    return loading;
  }

  async unload(id: string): Promise<void> {
    this.#lastCalls.delete(id);
    const entry = this.#loaded.get(id);
    if (entry === undefined) {
      // One that was let go of may have left processes.
      await this.#options.stopProcesses(id);
      return;
    }
    this.#loaded.delete(id);
    entry.unloading.abort(this.#disposed ? closing() : unloaded(id));
    // Before its instances end, whose handles would say another reason and leave less time.
    const stopping = this.#options.stopProcesses(id);
    // Ends a life-cycle hook too, for which the load waits.
    await entry.runtime?.dispose();
    // A load that failed has nothing to unload, and its failure was shown already.
    const runtime = await entry.loading.catch(() => undefined);
    await runtime?.dispose();
    await stopping;
    // And what was started meanwhile.
    await this.#options.stopProcesses(id);
  }

  /** Unloads all; nothing can be loaded afterwards. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#loaded.keys()].map((id) => this.unload(id)));
  }

  /** Forgets idle capsules over the budget, the one not used for longest first. Their processes run on. */
  #letGo(): void {
    const idle = [...this.#loaded].filter(
      ([id, { runtime }]) => runtime?.idle === true && !this.#holds.has(id),
    );
    let bytes = idle.reduce((sum, [, entry]) => sum + entry.bytes, 0);
    let count = idle.length;
    for (const [id, entry] of idle) {
      if (count <= MAX_IDLE_CAPSULES && bytes <= MAX_IDLE_CAPSULE_BYTES) {
        return;
      }
      this.#lastCalls.set(id, entry.runtime?.lastCall ?? null);
      this.#loaded.delete(id);
      void entry.runtime?.dispose();
      count -= 1;
      bytes -= entry.bytes;
    }
  }

  async #createRuntime(capsule: InstalledCapsule, unloading: AbortSignal): Promise<CapsuleRuntime> {
    const { manifest, record } = capsule;
    const {
      cache,
      starts,
      clock,
      library,
      pipeline,
      cancelProcesses,
      guestProcesses,
      monotonicAnchorNs,
      report,
    } = this.#options;
    const { quotas } = defaultProfile(DEFAULT_PRINCIPAL);
    // A mark of its own: the preparation goes on when it is not waited for any more.
    const preparing = starts.during(startOf(capsule), () =>
      cache.get(record.hash, record.imports, () => library.readComponent(record.hash)),
    );
    const transpiled = await untilAborted(preparing, unloading);
    return new CapsuleRuntime({
      capsule: manifest.id,
      capsuleUuid: sourceUuid(manifest.id, record.hash),
      owner: DEFAULT_PRINCIPAL,
      rights: { ...intersect(manifest.capabilities, record.grants), subscribe: manifest.subscribe },
      quotas,
      component: await guestProcesses.load(planComponent(transpiled, quotas.maxMemoryBytes)),
      guestProcesses,
      monotonicAnchorNs,
      clock,
      budget: this.#budget,
      pipeline,
      announceStart: () => starts.begin(startOf(capsule)),
      cancelProcesses,
      report,
      onChange: () => this.#onChange(manifest.id),
    });
  }
}

function startOf({ manifest, record }: InstalledCapsule): Starting {
  return { id: manifest.id, hash: record.hash };
}

function unloaded(id: string): RuntimeError {
  return new RuntimeError(
    'capsule-disabled',
    `The capsule ${id} was unloaded while it was being loaded.`,
    'Repeat the call if it is still installed and enabled.',
  );
}

/** What is answered once the kernel is being disposed. */
export function closing(): RuntimeError {
  return new RuntimeError(
    'kernel-disposed',
    'Capsule Desktop is shutting down; no new calls are accepted.',
    'Restart Capsule Desktop, then repeat the call.',
  );
}
