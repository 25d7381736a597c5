import type { Grants, InvokeRequest } from '../contract/kernel.ts';
import type { CapsuleView, InvokeResult } from '../contract/views.ts';
import { sourceUuid } from '../capsules/component-hash.ts';
import type { InstalledCapsule, Library } from '../capsules/library.ts';
import type { CapsuleContent } from '../capsules/source-content.ts';
import type { Pipeline } from '../host/pipeline.ts';
import { intersect, type Capabilities } from '../policy/capabilities.ts';
import { DEFAULT_PRINCIPAL, requirePrincipal } from '../policy/principal.ts';
import { defaultProfile } from '../policy/profile.ts';
import type { ResolvedEntry } from '../policy/resolved-entry.ts';
import { CapsuleRuntime } from './capsule-runtime.ts';
import { brokenView, capsuleView } from './capsule-view.ts';
import { compileComponent } from './compiled-component.ts';
import type { ComponentCache } from './component-cache.ts';
import { RuntimeError } from './errors.ts';

export interface CapsuleManagerOptions {
  readonly library: Library;
  readonly cache: ComponentCache;
  readonly pipeline: Pipeline;
  readonly workerFile: string;
  readonly monotonicAnchorNs: bigint;
  /** Ends every process of a capsule that is being unloaded: TERM, grace, KILL. */
  readonly stopProcesses: (capsule: string) => Promise<void>;
  /** Ends what a cancelled invocation started for itself. */
  readonly cancelProcesses: (invocation: string) => void;
  readonly onChange: (capsule: CapsuleView) => void;
  readonly onRemoved: (id: string) => void;
  readonly report: (message: string, error: unknown) => void;
}

/** An enabled capsule: its runtime once it is loaded, or why it could not be. */
interface Enabled {
  readonly loading: Promise<CapsuleRuntime>;
  runtime: CapsuleRuntime | undefined;
  failure: string;
}

/** Every installed capsule, from disk to its running instances. */
export class CapsuleManager {
  readonly #options: CapsuleManagerOptions;
  readonly #enabled = new Map<string, Enabled>();
  #disposed = false;

  constructor(options: CapsuleManagerOptions) {
    this.#options = options;
  }

  /** Starts the enabled capsules that run by themselves; the others load at their first call. */
  start(): void {
    for (const { manifest, record } of this.#options.library.list()) {
      if (record.enabled && record.exports.includes('run')) {
        this.#inBackground(manifest.id, this.#load(manifest.id));
      }
    }
  }

  views(): readonly CapsuleView[] {
    const { library } = this.#options;
    return [...library.list().map((capsule) => this.#view(capsule)), ...library.broken().map(brokenView)];
  }

  view(id: string): CapsuleView {
    return this.#view(this.#find(id));
  }

  /** Effective rights of the installed capsule with this source uuid. */
  rightsOf(uuid: string): Capabilities | undefined {
    const found = this.#options.library
      .list()
      .find(({ manifest, record }) => sourceUuid(manifest.id, record.hash) === uuid);
    return found === undefined ? undefined : intersect(found.manifest.capabilities, found.record.grants);
  }

  /** A plain entry of `[env]`: its default as text. Secrets have no default, and nothing else is stored yet. */
  config(id: string, key: string): string | undefined {
    const entry = this.#options.library.find(id)?.manifest.env.find((each) => each.key === key);
    if (entry === undefined || entry.type === 'secret' || entry.default === null) {
      return undefined;
    }
    return typeof entry.default === 'string' ? entry.default : JSON.stringify(entry.default);
  }

  /**
   * Installs what was read, replacing the capsule of the same name; runs `astrid-install` or
   * `astrid-upgrade`. When anything fails the old capsule is back as it was.
   *
   * @param resolved where the entries of its capabilities led when they were shown
   */
  async install(
    content: CapsuleContent,
    hash: string,
    grants: Grants,
    resolved: readonly ResolvedEntry[],
  ): Promise<CapsuleView> {
    const { library, cache } = this.#options;
    const { id } = content.manifest;
    const imports = content.header.imports.map(({ name }) => name);
    // Before anything is touched: a component that cannot be prepared leaves no trace.
    await cache.get(hash, imports, () => Promise.resolve(content.component));
    const previous = library.find(id);
    await this.#unload(id);
    const pending = await library.install(content, hash, grants, resolved).catch((error: unknown) => {
      this.#afterRollback(id);
      throw error;
    });
    try {
      await this.#load(id, (runtime) =>
        runtime.runLifecycle(previous === undefined ? 'astridInstall' : 'astridUpgrade'),
      );
    } catch (error) {
      await this.#unload(id);
      await pending.rollback();
      await this.#forgetUnused(hash);
      this.#afterRollback(id);
      throw error;
    }
    await pending.commit();
    await this.#forgetUnused(previous?.record.hash);
    return this.#changed(id);
  }

  async setEnabled(id: string, enabled: boolean): Promise<CapsuleView> {
    this.#find(id);
    await this.#options.library.setEnabled(id, enabled);
    if (!enabled) {
      await this.#unload(id);
    } else if (this.#find(id).record.exports.includes('run')) {
      this.#inBackground(id, this.#load(id));
    }
    return this.#changed(id);
  }

  async remove(id: string): Promise<void> {
    const hash = this.#options.library.find(id)?.record.hash;
    await this.#unload(id);
    await this.#options.library.remove(id);
    await this.#forgetUnused(hash);
    this.#options.onRemoved(id);
  }

  async invoke(request: InvokeRequest): Promise<InvokeResult> {
    const principal = requirePrincipal(request.principal ?? DEFAULT_PRINCIPAL);
    const runtime = await this.#load(request.capsule);
    const longest = defaultProfile(principal).quotas.maxTimeoutSecs * 1_000;
    return runtime.invoke({
      action: request.action,
      payload: toBytes(request.payload),
      principal,
      timeoutMs: Math.min(request.timeoutMs ?? longest, longest),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
  }

  /** Ends everything; nothing can be loaded afterwards. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.all([...this.#enabled.keys()].map((id) => this.#unload(id)));
  }

  #find(id: string): InstalledCapsule {
    const capsule = this.#options.library.find(id);
    if (capsule === undefined) {
      throw new RuntimeError(
        'capsule-not-found',
        `There is no capsule ${JSON.stringify(id)}.`,
        'Install it first, or choose one of the installed capsules.',
      );
    }
    return capsule;
  }

  /**
   * The runtime of an enabled capsule, loaded once.
   *
   * @param prepare runs before anything else of the capsule does
   */
  #load(id: string, prepare?: (runtime: CapsuleRuntime) => Promise<void>): Promise<CapsuleRuntime> {
    if (this.#disposed) {
      throw new RuntimeError(
        'kernel-disposed',
        'Capsule Desktop is closing; nothing is started any more.',
        'Start it again, then repeat the call.',
      );
    }
    const capsule = this.#find(id);
    if (!capsule.record.enabled) {
      throw new RuntimeError(
        'capsule-disabled',
        `The capsule ${id} is disabled.`,
        'Enable it, then repeat the call.',
      );
    }
    const known = this.#enabled.get(id);
    if (known !== undefined && known.failure === '') {
      return known.loading;
    }
    const loading = this.#createRuntime(capsule).then(async (runtime) => {
      entry.runtime = runtime;
      await prepare?.(runtime);
      runtime.start();
      return runtime;
    });
    const entry: Enabled = { loading, runtime: undefined, failure: '' };
    this.#enabled.set(id, entry);
    loading.then(
      () => this.#changed(id),
      (error: unknown) => {
        entry.failure = error instanceof Error ? error.message : String(error);
        this.#changed(id);
      },
    );
    return loading;
  }

  async #createRuntime({ manifest, record }: InstalledCapsule): Promise<CapsuleRuntime> {
    const { cache, library, pipeline, cancelProcesses, workerFile, monotonicAnchorNs, report } =
      this.#options;
    const { quotas } = defaultProfile(DEFAULT_PRINCIPAL);
    const transpiled = await cache.get(record.hash, record.imports, () => library.readComponent(record.hash));
    return new CapsuleRuntime({
      capsule: manifest.id,
      capsuleUuid: sourceUuid(manifest.id, record.hash),
      owner: DEFAULT_PRINCIPAL,
      rights: { ...intersect(manifest.capabilities, record.grants), subscribe: manifest.subscribe },
      quotas,
      component: await compileComponent(transpiled, quotas.maxMemoryBytes),
      workerFile,
      monotonicAnchorNs,
      pipeline,
      cancelProcesses,
      report,
      onChange: () => this.#changed(manifest.id),
    });
  }

  async #unload(id: string): Promise<void> {
    const entry = this.#enabled.get(id);
    if (entry === undefined) {
      return;
    }
    this.#enabled.delete(id);
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

  /** Drops what was prepared of a component that no capsule has any more. */
  async #forgetUnused(hash: string | undefined): Promise<void> {
    const { library, cache } = this.#options;
    if (hash !== undefined && !library.list().some(({ record }) => record.hash === hash)) {
      await cache.forget(hash);
    }
  }

  /** After a failed upgrade the previous version goes on; after a failed installation nothing is there. */
  #afterRollback(id: string): void {
    const previous = this.#options.library.find(id);
    if (previous === undefined) {
      this.#options.onRemoved(id);
    } else if (previous.record.enabled && previous.record.exports.includes('run')) {
      this.#inBackground(id, this.#load(id));
    }
  }

  #inBackground(id: string, loading: Promise<CapsuleRuntime>): void {
    loading.catch((error: unknown) => this.#options.report(`${id} could not be loaded`, error));
  }

  #changed(id: string): CapsuleView {
    const view = this.#view(this.#find(id));
    this.#options.onChange(view);
    return view;
  }

  #view(capsule: InstalledCapsule): CapsuleView {
    const entry = this.#enabled.get(capsule.manifest.id);
    return capsuleView(capsule, entry?.runtime, entry?.failure ?? '');
  }
}

function toBytes(payload: InvokeRequest['payload']): Uint8Array {
  return typeof payload === 'string' ? new TextEncoder().encode(payload) : (payload ?? new Uint8Array());
}
