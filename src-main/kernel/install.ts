import type { Inspections, Taken } from '../capsules/library/inspections.ts';
import type { Grants, InstallProgress, Kernel } from '../contract/kernel.ts';
import type { CapsuleView } from '../contract/views.ts';
import { heldNames, intersect, type Capabilities } from '../policy/capabilities.ts';
import type { CapsuleManager } from '../runtime/capsule/manager.ts';
import type { Act } from './acts.ts';
import type { Lifetime } from './lifetime.ts';

export interface InstallDeps {
  readonly inspections: Inspections;
  readonly manager: CapsuleManager;
  readonly lifetime: Lifetime;
  /** Of whoever installs. */
  readonly act: Act;
}

/** An installation that was confirmed by a token. */
interface Confirmed {
  readonly cancel: AbortController;
  readonly ended: Promise<unknown>;
}

/** Installs what was inspected, with the rights that it got, and records it. */
export function createInstall({
  inspections,
  manager,
  lifetime,
  act,
}: InstallDeps): Pick<Kernel, 'confirm' | 'install' | 'cancelInstall'> {
  const confirmed = new Map<string, Confirmed>();

  const installTaken = async (
    { discard, ...taken }: Taken,
    grants: Grants,
    progress: InstallProgress,
  ): Promise<CapsuleView> => {
    const { id, version, capabilities } = taken.content.manifest;
    try {
      return await act('install', `${id} ${version} ${taken.hash} ${granted(capabilities, grants)}`, () =>
        manager.install({ ...taken, grants }, progress),
      );
    } finally {
      await discard();
    }
  };

  const confirm = async (token: string, grants: Grants, progress: InstallProgress): Promise<CapsuleView> => {
    // Taken at once: from now on no further inspection can push it out.
    const taken = inspections.take(token);
    const cancel = new AbortController();
    const { signal } = progress;
    const ended = installTaken(taken, grants, {
      ...progress,
      signal: signal === undefined ? cancel.signal : AbortSignal.any([signal, cancel.signal]),
    });
    confirmed.set(token, { cancel, ended });
    try {
      return await ended;
    } finally {
      confirmed.delete(token);
    }
  };

  return {
    confirm: (token, grants, progress = {}) => lifetime.whileOpen(() => confirm(token, grants, progress)),
    install: (path, { grants, ...progress }) =>
      lifetime.whileOpen(async () => installTaken(await inspections.inspectAndTake(path), grants, progress)),
    cancelInstall: (token) =>
      lifetime.whileOpen(async () => {
        const running = confirmed.get(token);
        running?.cancel.abort();
        // How it ended is told to whoever confirmed it.
        await Promise.allSettled([running?.ended]);
        await inspections.cancel(token);
      }),
  };
}

function granted(asked: Capabilities, grants: Grants): string {
  return `granted ${heldNames(intersect(asked, grants)).join(',') || 'nothing'}`;
}
