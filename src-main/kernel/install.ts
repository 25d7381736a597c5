import { createMutex } from '../base/mutex.ts';
import type { Inspections, Taken } from '../capsules/library/inspections.ts';
import type { Grants, Kernel } from '../contract/kernel.ts';
import type { CapsuleView } from '../contract/views.ts';
import { heldNames, intersect, type Capabilities } from '../policy/capabilities.ts';
import type { CapsuleManager } from '../runtime/capsule/manager.ts';
import type { Act } from './acts.ts';
import type { Lifetime } from './lifetime.ts';

/** What changes of what is installed go through, whoever makes them. */
export interface Changes {
  readonly inspections: Inspections;
  readonly manager: CapsuleManager;
  readonly lifetime: Lifetime;
  /** They happen one after the other; one that waited until the end does not begin. */
  readonly change: <T>(work: () => Promise<T>) => Promise<T>;
}

/** One for all that a kernel has installed. */
export function createChanges({
  inspections,
  manager,
  lifetime,
}: Pick<Changes, 'inspections' | 'manager' | 'lifetime'>): Changes {
  const mutex = createMutex();
  return {
    inspections,
    manager,
    lifetime,
    change: (work) =>
      mutex(() => {
        lifetime.requireOpen();
        return work();
      }),
  };
}

/** Installs what was inspected, as an act of whoever `act` records, with the rights that it got. */
export function createInstall(
  { inspections, manager, lifetime, change }: Changes,
  act: Act,
): Pick<Kernel, 'confirm' | 'install'> {
  const installTaken = async (taken: Taken, grants: Grants): Promise<CapsuleView> => {
    const { content, hash, resolved, discard } = taken;
    const { id, version, capabilities } = content.manifest;
    try {
      return await change(() =>
        act('install', `${id} ${version} ${hash} ${granted(capabilities, grants)}`, () =>
          manager.install(content, hash, grants, resolved),
        ),
      );
    } finally {
      await discard();
    }
  };
  return {
    // Taken at once: while it waits for another change, no further inspection can push it out.
    confirm: (token, grants) => lifetime.whileOpen(() => installTaken(inspections.take(token), grants)),
    install: (path, { grants }) =>
      lifetime.whileOpen(async () => installTaken(await inspections.inspectAndTake(path), grants)),
  };
}

function granted(asked: Capabilities, grants: Grants): string {
  return `granted ${heldNames(intersect(asked, grants)).join(',') || 'nothing'}`;
}
