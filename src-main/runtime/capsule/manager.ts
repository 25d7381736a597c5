import type { Grants, InvokeRequest } from '../../contract/kernel.ts';
import type { CapsuleView, InvokeResult } from '../../contract/views.ts';
import type { InstalledCapsule, Library, PendingInstall } from '../../capsules/library/library.ts';
import type { CapsuleContent } from '../../capsules/source/content.ts';
import { DEFAULT_PRINCIPAL, requirePrincipal } from '../../policy/principal.ts';
import { defaultProfile } from '../../policy/profile.ts';
import type { ResolvedEntry } from '../../policy/resolved-entry.ts';
import type { ComponentCache } from '../component/cache.ts';
import { callTimeout, waitWithin } from '../instance/call-time.ts';
import { CapsuleChanges } from './changes.ts';
import type { CapsuleRuntime } from './runtime.ts';
import { brokenView, capsuleView } from './view.ts';
import { RuntimeError } from '../errors.ts';
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
  readonly #changes = new CapsuleChanges();
  #tidying: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(options: CapsuleManagerOptions) {
    this.#options = options;
    this.#loaded = new LoadedCapsules(options, (id) => this.#tell(id));
  }

  /** Starts the enabled capsules that run by themselves; the others load at their first call. */
  start(): void {
    const { library, cache, report } = this.#options;
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
    const imports = content.header.imports.map(({ name }) => name);
    try {
      // Before anything is touched: a component that cannot be prepared leaves no trace.
      await this.#options.cache.get(hash, imports, () => Promise.resolve(content.component));
      return await this.#change(content.manifest.id, () => this.#replace(content, hash, grants, resolved));
    } catch (error) {
      await this.#forgetUnused(hash);
      throw error;
    }
  }

  setEnabled(id: string, enabled: boolean): Promise<CapsuleView> {
    return this.#change(id, async () => {
      this.#find(id);
      await this.#options.library.setEnabled(id, enabled);
      if (enabled) {
        this.#startAlone(id);
      } else {
        await this.#loaded.unload(id);
      }
      return this.#changed(id);
    });
  }

  remove(id: string): Promise<void> {
    return this.#change(id, async () => {
      const hash = this.#options.library.find(id)?.record.hash;
      await this.#loaded.unload(id);
      await this.#options.library.remove(id);
      await this.#forgetUnused(hash);
      this.#options.onRemoved(id);
    });
  }

  /** Loading the capsule, and waiting until it is not being changed, count towards the deadline. */
  async invoke({ capsule, action, payload, signal, ...request }: InvokeRequest): Promise<InvokeResult> {
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

  /** The one way in which a capsule is changed: nobody else loads or changes it until `work` is over. */
  async #change<T>(id: string, work: () => Promise<T>): Promise<T> {
    const end = await this.#changes.begin(id);
    try {
      this.#requireOpen();
      return await work();
    } finally {
      end();
    }
  }

  async #replace(
    content: CapsuleContent,
    hash: string,
    grants: Grants,
    resolved: readonly ResolvedEntry[],
  ): Promise<CapsuleView> {
    const { library } = this.#options;
    const { id } = content.manifest;
    const previous = library.find(id);
    let pending: PendingInstall | undefined;
    try {
      await this.#loaded.unload(id);
      pending = await library.install(content, hash, grants, resolved);
      await this.#loaded.loadNew(pending.capsule, (runtime) =>
        runtime.runLifecycle(previous === undefined ? 'astridInstall' : 'astridUpgrade'),
      );
      if (!pending.capsule.record.enabled) {
        await this.#loaded.unload(id);
      }
    } catch (error) {
      await this.#loaded.unload(id);
      await pending?.rollback();
      this.#afterRollback(id);
      throw error;
    }
    await pending.commit();
    await this.#forgetUnused(previous?.record.hash);
    return this.#changed(id);
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
      const change = this.#changes.of(id);
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
    if (this.#options.library.find(id) === undefined) {
      this.#options.onRemoved(id);
    } else {
      this.#startAlone(id);
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
    return capsuleView(capsule, loaded?.runtime, loaded?.failure ?? '', lastCall);
  }
}

function toBytes(payload: InvokeRequest['payload']): Uint8Array {
  return typeof payload === 'string' ? new TextEncoder().encode(payload) : (payload ?? new Uint8Array());
}
