import type { Emitter } from '../base/emitter.ts';
import type { Kernel, KernelEvent } from '../contract/kernel.ts';
import { DEFAULT_STOP_GRACE_MS, MAX_STOP_GRACE_MS } from '../contract/limits.ts';
import type { AboutView } from '../contract/views.ts';
import type { Act } from './acts.ts';
import { createConfirm, type Changes } from './confirm.ts';
import type { KernelProcesses } from './processes.ts';

export interface ApiOptions {
  readonly changes: Changes;
  readonly processes: KernelProcesses;
  readonly events: Emitter<KernelEvent>;
  /** Records what the operator does. */
  readonly act: Act;
  readonly about: AboutView;
  readonly report: (message: string, error: unknown) => void;
  readonly dispose: () => Promise<void>;
}

/** What window, command line and programs may ask of the kernel. What changes something is an act of the operator. */
export function createApi(options: ApiOptions): Kernel {
  const { changes, processes, events, act, about, report, dispose } = options;
  const { inspections, manager, mutex } = changes;
  const inBackground = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => report('an operator action failed', error));
  };
  const confirm = createConfirm(changes, act);
  return {
    inspect: inspections.inspect,
    confirm,
    cancelInspection: inspections.cancel,
    install: async (path, { grants }) => {
      const { token } = await inspections.inspect(path);
      return confirm(token, grants);
    },
    remove: (id) => mutex(() => act('remove', id, () => manager.remove(id))),
    setEnabled: (id, enabled) =>
      mutex(() => act(enabled ? 'enable' : 'disable', id, () => manager.setEnabled(id, enabled))),
    capsules: () => manager.views(),
    invoke: (request) => manager.invoke(request),
    processes: () => processes.registry.views(),
    command: processes.command,
    readLogs: processes.readLogs,
    signal: (key, signal) => {
      const process = processes.registry.byKey(key);
      inBackground(act(`signal ${signal}`, key, () => process.signal(signal)));
    },
    stop: async (key, graceMs = DEFAULT_STOP_GRACE_MS) => {
      const process = processes.registry.byKey(key);
      const ended = process.stop(Math.min(graceMs, MAX_STOP_GRACE_MS), 'stopped');
      await act('stop', key, () => undefined);
      await ended;
    },
    cancelStop: (key) => {
      const process = processes.registry.byKey(key);
      inBackground(act('cancel-stop', key, () => process.cancelStop()));
    },
    kill: (key) => {
      const process = processes.registry.byKey(key);
      inBackground(act('kill', key, () => void process.kill('killed')));
    },
    release: (key) => {
      processes.registry.release(processes.registry.byKey(key));
      inBackground(act('release', key, () => undefined));
    },
    about: () => about,
    subscribe: (listener) =>
      events.event((event) => {
        // A stranger's code: what it throws must not reach the one who tells, such as an instance that is ending.
        try {
          listener(event);
        } catch (error) {
          report('a kernel listener failed', error);
        }
      }),
    dispose,
  };
}
