import type { Clock } from '../base/clock.ts';
import { configOf, rightsOf } from '../capsules/library/lookups.ts';
import type { Library } from '../capsules/library/library.ts';
import type { KernelEvent } from '../contract/kernel.ts';
import type { SysServices } from '../host/sys.ts';
import { createCapsuleLog } from '../store/capsule-log.ts';

/** The kernel's part of `astrid:sys`. */
export interface KernelSys {
  readonly services: SysServices;
  /** Resolves when what was logged is on disk, or the disk has refused it once more. */
  readonly dispose: () => Promise<void>;
}

export interface SysOptions {
  /** Of the capsules' logs. */
  readonly folder: string;
  readonly clock: Clock;
  readonly library: Library;
  readonly fire: (event: KernelEvent) => void;
  readonly report: (message: string, error: unknown) => void;
}

/** Opens the capsules' logs; configuration and rights are the library's. */
export function openSys({ folder, clock, library, fire, report }: SysOptions): KernelSys {
  const log = createCapsuleLog(folder, clock, report);
  return {
    services: {
      config: (capsule, _principal, key) => configOf(library, capsule, key),
      rightsOf: (uuid) => rightsOf(library, uuid),
      log: (capsule, principal, level, message) => {
        log.write(principal, capsule, level, message);
        fire({ kind: 'guest-log', capsule, principal, level, message, at: clock.now() });
      },
    },
    dispose: log.close,
  };
}
