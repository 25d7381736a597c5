import type { Emitter } from '../base/emitter.ts';
import { createMutex } from '../base/mutex.ts';
import type { Inspections, Taken } from '../capsules/library/inspections.ts';
import type { Grants, Kernel, KernelEvent } from '../contract/kernel.ts';
import { DEFAULT_STOP_GRACE_MS, MAX_STOP_GRACE_MS } from '../contract/limits.ts';
import type { AboutView, CapsuleView } from '../contract/views.ts';
import type { ManagedProcess } from '../processes/process/managed-process.ts';
import type { CapsuleManager } from '../runtime/capsule/manager.ts';
import type { Lifetime } from './lifetime.ts';
import type { OperatorAct } from './operator-acts.ts';
import type { KernelProcesses } from './processes.ts';

export interface ApiOptions {
  readonly inspections: Inspections;
  readonly manager: CapsuleManager;
  readonly processes: KernelProcesses;
  readonly events: Emitter<KernelEvent>;
  readonly act: OperatorAct;
  readonly about: AboutView;
  readonly report: (message: string, error: unknown) => void;
  readonly lifetime: Lifetime;
}

/** What window, command line and programs may ask of the kernel. What changes something is an act of the operator. */
export function createApi(options: ApiOptions): Kernel {
  const { inspections, manager, processes, events, act, about, report, lifetime } = options;
  const { whileOpen, untilEnded, track } = lifetime;
  // Changes of what is installed happen one after the other; one that waited until the end does not begin.
  const mutex = createMutex();
  const change = <T>(work: () => Promise<T>): Promise<T> =>
    mutex(() => {
      lifetime.requireOpen();
      return work();
    });
  /** Records what was done; its failure is nobody's who could be told. */
  const inBackground = (work: () => Promise<unknown>): void => {
    track(work).catch((error: unknown) => report('an operator action failed', error));
  };
  const installTaken = async (taken: Taken, grants: Grants): Promise<CapsuleView> => {
    const { content, hash, resolved, discard } = taken;
    try {
      return await change(() =>
        act('install', `${content.manifest.id} ${content.manifest.version} ${hash}`, () =>
          manager.install(content, hash, grants, resolved),
        ),
      );
    } finally {
      await discard();
    }
  };
  const processOf = (key: string): ManagedProcess => untilEnded(() => processes.registry.byKey(key));
  return {
    inspect: (path) => whileOpen(() => inspections.inspect(path)),
    // Taken at once: while it waits for another change, no further inspection can push it out.
    confirm: (token, grants) => whileOpen(() => installTaken(inspections.take(token), grants)),
    cancelInspection: (token) => whileOpen(() => inspections.cancel(token)),
    install: (path, { grants }) =>
      whileOpen(async () => installTaken(await inspections.inspectAndTake(path), grants)),
    remove: (id) => whileOpen(() => change(() => act('remove', id, () => manager.remove(id)))),
    setEnabled: (id, enabled) =>
      whileOpen(() =>
        change(() => act(enabled ? 'enable' : 'disable', id, () => manager.setEnabled(id, enabled))),
      ),
    capsules: () => untilEnded(() => manager.views()),
    invoke: (request) => whileOpen(() => manager.invoke(request)),
    processes: () => untilEnded(() => processes.registry.views()),
    command: (key) => untilEnded(() => processes.command(key)),
    readLogs: (key, stream, cursor, maxBytes) =>
      untilEnded(() => processes.readLogs(key, stream, cursor, maxBytes)),
    signal: (key, signal) => {
      const process = processOf(key);
      inBackground(() => act(`signal ${signal}`, key, () => process.signal(signal)));
    },
    stop: (key, graceMs = DEFAULT_STOP_GRACE_MS) =>
      track(async () => {
        const process = processOf(key);
        const ended = process.stop(Math.min(graceMs, MAX_STOP_GRACE_MS), 'stopped');
        await act('stop', key, () => undefined);
        await ended;
      }),
    cancelStop: (key) => {
      const process = processOf(key);
      inBackground(() => act('cancel-stop', key, () => process.cancelStop()));
    },
    kill: (key) => {
      const process = processOf(key);
      inBackground(() => act('kill', key, () => void process.kill('killed')));
    },
    release: (key) => {
      processes.registry.release(processOf(key));
      inBackground(() => act('release', key, () => undefined));
    },
    about: () => untilEnded(() => about),
    subscribe: (listener) =>
      untilEnded(() =>
        events.event((event) => {
          // A stranger's code: what it throws must not reach the one who tells, such as an instance that is ending.
          try {
            listener(event);
          } catch (error) {
            report('a kernel listener failed', error);
          }
        }),
      ),
    dispose: lifetime.end,
  };
}
