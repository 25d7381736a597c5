import { KeyedMutex } from '../../base/keyed-mutex.ts';
import type { InstallProgress, InvokeRequest } from '../../contract/kernel.ts';
import type { CapsuleView, InvokeResult } from '../../contract/views.ts';
import type { DisabledBecause } from '../../capsules/library/record.ts';
import type { InstalledCapsule, Library } from '../../capsules/library/library.ts';
import { DEFAULT_PRINCIPAL, requirePrincipal } from '../../policy/principal.ts';
import { defaultProfile } from '../../policy/profile.ts';
import type { ComponentCache } from '../component/cache.ts';
import { callTimeout, waitWithin } from '../instance/call-time.ts';
import { Installer, type InstallRequest } from './installer.ts';
import type { CapsuleRuntime } from './runtime.ts';
import { brokenView, capsuleView } from './view.ts';
import { inSafeMode, RuntimeError } from '../errors.ts';
import { closing, LoadedCapsules, type LoadedCapsulesOptions } from './loaded-capsules.ts';

export interface CapsuleManagerOptions extends LoadedCapsulesOptions {
  readonly library: Library;
  readonly cache: ComponentCache;
  readonly onChange: (capsule: CapsuleView) => void;
  /** The capsule is gone, or its first installation failed: what comes under that name next is another one. */
  readonly onRemoved: (id: string) => void;
}

/** Every installed capsule, from disk to its running instances. */
export class CapsuleManager {
  readonly #options: CapsuleManagerOptions;
  readonly #loaded: LoadedCapsules;
  /**
   * Which capsules are being installed, replaced, switched or removed, by id. Of such a capsule nothing may be loaded but
   * by who changes it, or the old code would come back with the old rights.
   */
  readonly #changes = new KeyedMutex();
  readonly #installer: Installer;
  #tidying: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(options: CapsuleManagerOptions) {
    this.#options = options;
    this.#loaded = new LoadedCapsules(options, (id) => this.#tell(id));
    this.#installer = new Installer({
      library: options.library,
      cache: options.cache,
      starts: options.starts,
      loaded: this.#loaded,
      changes: this.#changes,
      requireOpen: () => this.#requireOpen(),
      report: options.report,
      onUnused: (hash) => this.#forgetUnused(hash),
      onInstalled: (id) => this.#changed(id),
      onRollback: (id) => this.#afterRollback(id),
    });
  }

  /** Starts the enabled capsules that run by themselves; the others load at their first call. In safe mode none does. */
  start(): void {
    const { library, cache, safeMode, report } = this.#options;
    if (safeMode) {
      return;
    }
    const installed = library.list();
    this.#tidying = cache
      .dropUnused(new Set(installed.map(({ record }) => record.hash)))
      .catch((error: unknown) => report('unused prepared components could not be removed', error));
    for (const { manifest } of installed) {
      this.#startAlone(manifest.id);
    }
  }

  views(): readonly CapsuleView[] {
    const { library } = this.#options;
    return [...library.list().map((capsule) => this.#view(capsule)), ...library.broken().map(brokenView)];
  }

  view(id: string): CapsuleView {
    return this.#view(this.#find(id));
  }

  /** See `Installer.install`. */
  async install(request: InstallRequest, progress: InstallProgress): Promise<CapsuleView> {
    this.#refuseInSafeMode();
    return this.#installer.install(request, progress);
  }

  /** @param because when the application disables it by itself */
  setEnabled(id: string, enabled: boolean, because?: DisabledBecause): Promise<CapsuleView> {
    return this.#change(id, async () => {
      this.#find(id);
      if (enabled) {
        this.#refuseInSafeMode();
      }
      await this.#options.library.setEnabled(id, enabled, because);
      if (enabled) {
        this.#startAlone(id);
      } else {
        await this.#loaded.unload(id);
      }
      return this.#changed(id);
    });
  }

  /** Cancels an installation of it that is under way; nothing is left to be removed when that was its first. */
  remove(id: string): Promise<void> {
    const cancelled = this.#installer.cancel(id);
    return this.#change(id, async () => {
      const { library } = this.#options;
      const hash = library.find(id)?.record.hash;
      if (cancelled && !this.#isThere(id)) {
        return;
      }
      await this.#loaded.unload(id);
      await this.#options.library.remove(id);
      await this.#forgetUnused(hash);
      this.#options.onRemoved(id);
    });
  }

  /** Loading the capsule, and waiting until it is not being changed, count towards the deadline. */
  async invoke({ capsule, action, payload, signal, ...request }: InvokeRequest): Promise<InvokeResult> {
    this.#refuseInSafeMode();
    const principal = requirePrincipal(request.principal ?? DEFAULT_PRINCIPAL);
    const longest = defaultProfile(principal).quotas.maxTimeoutSecs * 1_000;
    const timeoutMs = callTimeout(request.timeoutMs, longest);
    const { clock } = this.#options;
    const since = clock.monotonic();
    const letGo = this.#loaded.hold(capsule);
    try {
      const runtime = await waitWithin(this.#ready(capsule), { timeoutMs, signal }, capsule);
      return await runtime.invoke({
        action,
        payload: toBytes(payload),
        principal,
        timeoutMs: Math.max(1, Math.ceil(timeoutMs - (clock.monotonic() - since))),
        askedMs: timeoutMs,
        ...(signal === undefined ? {} : { signal }),
      });
    } finally {
      letGo();
    }
  }

  /** Ends everything, and what is being changed; nothing can be loaded afterwards. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#loaded.dispose();
    // Without their guests they end at once, and are undone.
    await this.#changes.settled();
    await this.#tidying;
  }

  /** Nobody else loads or changes the capsule until `work` is over. */
  #change<T>(id: string, work: () => Promise<T>): Promise<T> {
    return this.#changes.run(id, () => {
      this.#requireOpen();
      return work();
    });
  }

  #find(id: string): InstalledCapsule {
    const capsule = this.#options.library.find(id);
    if (capsule === undefined) {
      throw new RuntimeError(
        'capsule-not-found',
        `No such capsule: ${JSON.stringify(id)}.`,
        'Install it first, or choose an installed capsule.',
      );
    }
    return capsule;
  }

  #isThere(id: string): boolean {
    const { library } = this.#options;
    return library.find(id) !== undefined || library.broken().some((other) => other.id === id);
  }

  #refuseInSafeMode(): void {
    if (this.#options.safeMode) {
      throw inSafeMode();
    }
  }

  #requireOpen(): void {
    if (this.#disposed) {
      throw closing();
    }
  }

  /** The runtime of an enabled capsule; of the new version when it is being replaced. */
  async #ready(id: string): Promise<CapsuleRuntime> {
    for (;;) {
      this.#requireOpen();
      const capsule = this.#find(id);
      if (!capsule.record.enabled) {
        throw new RuntimeError(
          'capsule-disabled',
          `The capsule ${id} is disabled.`,
          'Enable it, then repeat the call.',
        );
      }
      const change = this.#changes.underWay(id);
      if (change === undefined) {
        return this.#loaded.load(capsule);
      }
      await change;
    }
  }

  /** Starts a capsule that runs by itself, if it is one and enabled. */
  #startAlone(id: string): void {
    const capsule = this.#options.library.find(id);
    if (capsule?.record.enabled === true && capsule.record.exports.includes('run') && !this.#disposed) {
      this.#loaded
        .load(capsule)
        .catch((error: unknown) => this.#options.report(`${id} could not be loaded`, error));
    }
  }

  /** Drops what was prepared of a component that no capsule has any more. That it fails is not the operator's failure. */
  async #forgetUnused(hash: string | undefined): Promise<void> {
    const { library, cache, report } = this.#options;
    if (hash !== undefined && !library.list().some(({ record }) => record.hash === hash)) {
      await cache
        .forget(hash)
        .catch((error: unknown) => report('a prepared component could not be removed', error));
    }
  }

  /** After a failed upgrade the previous version goes on; after a failed installation nothing is there. */
  #afterRollback(id: string): void {
    const { library, onChange, onRemoved } = this.#options;
    const broken = library.broken().find((other) => other.id === id);
    if (library.find(id) !== undefined) {
      this.#startAlone(id);
      this.#changed(id);
    } else if (broken !== undefined) {
      onChange(brokenView(broken));
    } else {
      onRemoved(id);
    }
  }

  #changed(id: string): CapsuleView {
    const view = this.view(id);
    this.#options.onChange(view);
    return view;
  }

  /** As `#changed`, from what runs by itself: the end of an instance is told after the capsule is gone, too. */
  #tell(id: string): void {
    if (this.#options.library.find(id) !== undefined) {
      this.#changed(id);
    }
  }

  #view(capsule: InstalledCapsule): CapsuleView {
    const loaded = this.#loaded.find(capsule.manifest.id);
    const lastCall = this.#loaded.lastCall(capsule.manifest.id);
    const { safeMode } = this.#options;
    return capsuleView(
      capsule,
      { runtime: loaded?.runtime, failure: loaded?.failure ?? '', safeMode },
      lastCall,
    );
  }
}

function toBytes(payload: InvokeRequest['payload']): Uint8Array {
  return typeof payload === 'string' ? new TextEncoder().encode(payload) : (payload ?? new Uint8Array());
}
