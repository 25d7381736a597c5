import type { KeyedMutex } from '../../base/keyed-mutex.ts';
import { untilAborted } from '../../base/until-aborted.ts';
import type { Grants, InstallProgress, InstallStep } from '../../contract/kernel.ts';
import type { CapsuleView } from '../../contract/views.ts';
import type { Taken } from '../../capsules/library/inspections.ts';
import type { Library, PendingInstall } from '../../capsules/library/library.ts';
import { capsuleError } from '../../capsules/errors.ts';
import type { StartMarks } from '../../store/start-marks.ts';
import type { ComponentCache } from '../component/cache.ts';
import { RuntimeError } from '../errors.ts';
import type { LoadedCapsules } from './loaded-capsules.ts';

/** What is installed, and with which rights. */
export interface InstallRequest extends Omit<Taken, 'discard'> {
  readonly grants: Grants;
}

export interface InstallerDeps {
  readonly library: Library;
  readonly cache: ComponentCache;
  readonly starts: StartMarks;
  readonly loaded: LoadedCapsules;
  /** By id. */
  readonly changes: KeyedMutex;
  /** Throws once nothing may begin any more. */
  readonly requireOpen: () => void;
  /** The component is prepared, but perhaps no capsule has it any more. */
  readonly onUnused: (hash: string) => Promise<void>;
  /** The capsule is there; answers how it is shown. */
  readonly onInstalled: (id: string) => CapsuleView;
  readonly report: (message: string, error: unknown) => void;
  /** The capsule is what it was before, which may be nothing. */
  readonly onRollback: (id: string) => void;
}

type OnStep = (step: InstallStep) => void;

/** Installs capsules. Until the last step it can be cancelled; what was done by then is undone. */
export class Installer {
  readonly #deps: InstallerDeps;
  readonly #underWay = new Map<AbortController, string>();

  constructor(deps: InstallerDeps) {
    this.#deps = deps;
  }

  /**
   * Installs what was read, replacing the capsule of the same name; runs `astrid-install` or `astrid-upgrade`. When
   * anything fails the old capsule is back as it was.
   *
   * @throws TypedError `install-cancelled`, or what went wrong
   */
  async install(request: InstallRequest, progress: InstallProgress): Promise<CapsuleView> {
    const { signal: cancelled } = progress;
    const onStep = this.#listener(progress);
    const { id } = request.content.manifest;
    const controller = new AbortController();
    const cancel = (): void => controller.abort(installCancelled(id));
    cancelled?.addEventListener('abort', cancel, { once: true });
    if (cancelled?.aborted === true) {
      cancel();
    }
    this.#underWay.set(controller, id);
    const { signal } = controller;
    try {
      signal.throwIfAborted();
      // Before anything is touched: a component that cannot be prepared leaves no trace.
      await this.#prepare(request, signal, onStep);
      return await this.#inTurn(request, signal, onStep);
    } finally {
      this.#underWay.delete(controller);
      cancelled?.removeEventListener('abort', cancel);
    }
  }

  /** Cancels every installation of the capsule, also those that wait. Says whether there was one. */
  cancel(id: string): boolean {
    const ofCapsule = [...this.#underWay].filter(([, other]) => other === id);
    for (const [controller] of ofCapsule) {
      controller.abort(installCancelled(id));
    }
    return ofCapsule.length > 0;
  }

  /** Once it is cancelled, what is under way goes on by itself: it is kept for a day, as the component may come again. */
  async #prepare({ content, hash }: InstallRequest, signal: AbortSignal, onStep: OnStep): Promise<void> {
    onStep('preparing');
    const imports = content.header.imports.map(({ name }) => name);
    const { cache, starts } = this.#deps;
    const preparing = starts.during({ id: content.manifest.id, hash }, () =>
      cache.get(hash, imports, () => Promise.resolve(content.component)),
    );
    await untilAborted(preparing, signal);
  }

  async #inTurn(request: InstallRequest, signal: AbortSignal, onStep: OnStep): Promise<CapsuleView> {
    const { changes, requireOpen, onInstalled, onUnused } = this.#deps;
    const { id } = request.content.manifest;
    if (changes.underWay(id) !== undefined) {
      onStep('waiting');
    }
    const change = async (): Promise<CapsuleView> => {
      requireOpen();
      requireAsShown(request, this.#deps.library);
      await this.#replace(request, signal, onStep);
      return onInstalled(id);
    };
    try {
      return await changes.run(id, change, signal);
    } catch (error) {
      await onUnused(request.hash);
      throw error;
    }
  }

  /** What a listener throws is its own affair. */
  #listener({ onStep }: InstallProgress): OnStep {
    return (step) => {
      try {
        onStep?.(step);
      } catch (error) {
        this.#deps.report('a listener for the steps of an installation failed', error);
      }
    };
  }

  async #replace(
    { content, hash, grants, resolved }: InstallRequest,
    signal: AbortSignal,
    onStep: OnStep,
  ): Promise<void> {
    const { library, loaded, onUnused, onRollback, report } = this.#deps;
    const { id } = content.manifest;
    const previous = library.find(id);
    const hook = previous === undefined ? 'astridInstall' : 'astridUpgrade';
    let pending: PendingInstall | undefined;
    try {
      if (previous !== undefined) {
        onStep('stopping');
      }
      await loaded.unload(id);
      signal.throwIfAborted();
      onStep('copying');
      pending = await library.install(content, hash, grants, resolved);
      await loaded.loadNew(pending.capsule, async (runtime) => {
        signal.throwIfAborted();
        if (runtime.has(hook)) {
          onStep('running-hook');
          await runtime.runLifecycle(hook, signal);
        }
      });
      if (!pending.capsule.record.enabled) {
        await loaded.unload(id);
      }
      signal.throwIfAborted();
      await pending.commit();
    } catch (error) {
      const cause: unknown = signal.aborted ? signal.reason : error;
      onStep('rolling-back');
      await loaded.unload(id);
      await pending
        ?.rollback()
        .catch((failure: unknown) => report(`the installation of ${id} could not be undone`, failure));
      onRollback(id);
      throw cause;
    }
    if (previous !== undefined) {
      await onUnused(previous.record.hash);
    }
  }
}

/** Who decided saw another version, or none: what is there now was not theirs to be replaced. */
function requireAsShown({ content, shown }: InstallRequest, library: Library): void {
  const { id } = content.manifest;
  const [now, then] = [library.find(id)?.record, shown?.installed?.record];
  const same = now?.hash === then?.hash && now?.installedAt === then?.installedAt;
  if (shown !== undefined && now !== undefined && !same) {
    throw capsuleError(
      'inspection-outdated',
      `Another version of ${id} was installed since this one was inspected; nothing was changed.`,
      'Choose the file or folder again.',
    );
  }
}

function installCancelled(id: string): RuntimeError {
  return new RuntimeError(
    'install-cancelled',
    `${id} was not installed: the installation was cancelled.`,
    'Choose its file or folder again to install it.',
  );
}
