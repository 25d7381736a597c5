import type { Mutex } from '../base/mutex.ts';
import type { Inspections } from '../capsules/library/inspections.ts';
import type { Grants, Kernel } from '../contract/kernel.ts';
import { heldNames, intersect, type Capabilities } from '../policy/capabilities.ts';
import type { CapsuleManager } from '../runtime/capsule/manager.ts';
import type { Act } from './acts.ts';

export interface Changes {
  readonly inspections: Inspections;
  readonly manager: CapsuleManager;
  /** Changes of what is installed happen one after the other, whoever makes them. */
  readonly mutex: Mutex;
}

/** Installs what was inspected, as an act of whoever `act` records, with the rights that it got. */
export function createConfirm({ inspections, manager, mutex }: Changes, act: Act): Kernel['confirm'] {
  return (token, grants) =>
    mutex(() =>
      inspections.use(token, ({ content, hash, resolved }) => {
        const { id, version, capabilities } = content.manifest;
        return act('install', `${id} ${version} ${hash} ${granted(capabilities, grants)}`, () =>
          manager.install(content, hash, grants, resolved),
        );
      }),
    );
}

function granted(asked: Capabilities, grants: Grants): string {
  return `granted ${heldNames(intersect(asked, grants)).join(',') || 'nothing'}`;
}
