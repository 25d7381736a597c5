import type { Emitter } from '../base/emitter.ts';
import { TypedError } from '../base/typed-error.ts';
import type { Kernel, KernelEvent } from '../contract/kernel.ts';
import { DEFAULT_STOP_GRACE_MS, MAX_STOP_GRACE_MS } from '../contract/limits.ts';
import type { AboutView } from '../contract/views.ts';
import type { ManagedProcess } from '../processes/process/managed-process.ts';
import { createInstall, type InstallDeps } from './install.ts';
import type { KernelProcesses } from './processes.ts';

/** `act` records what the operator does. */
export interface ApiOptions extends InstallDeps {
  readonly processes: KernelProcesses;
  readonly events: Emitter<KernelEvent>;
  readonly about: AboutView;
  readonly report: (message: string, error: unknown) => void;
}

/** What window, command line and programs may ask of the kernel. What changes something is an act of the operator. */
export function createApi(options: ApiOptions): Kernel {
  const { inspections, manager, lifetime, processes, events, act, about, report } = options;
  const { whileOpen, untilEnded, track } = lifetime;
  const processOf = (key: string): ManagedProcess => untilEnded(() => processes.registry.byKey(key));
  /** Records what was done, or that nothing came of it; that the log fails is nobody's who could be told. */
  const record = (action: string, key: string, failure?: TypedError): void => {
    track(() => act(action, key, () => (failure === undefined ? undefined : Promise.reject(failure)))).catch(
      (error: unknown) => {
        if (error !== failure) {
          report('an operator action could not be recorded', error);
        }
      },
    );
  };
  /** Does it at once and records it. @throws TypedError when nothing came of it, which is recorded as well */
  const actOn = (
    action: string,
    key: string,
    work: (process: ManagedProcess) => TypedError | undefined,
  ): void => {
    const failure = work(processOf(key));
    record(action, key, failure);
    if (failure !== undefined) {
      throw failure;
    }
  };
  return {
    inspect: (path) => whileOpen(() => inspections.inspect(path)),
    ...createInstall(options),
    remove: (id) => whileOpen(() => act('remove', id, () => manager.remove(id))),
    setEnabled: (id, enabled) =>
      whileOpen(() => act(enabled ? 'enable' : 'disable', id, () => manager.setEnabled(id, enabled))),
    capsules: () => untilEnded(() => manager.views()),
    invoke: (request) => whileOpen(() => manager.invoke(request)),
    processes: () => untilEnded(() => processes.registry.views()),
    command: (key) => untilEnded(() => processes.command(key)),
    readLogs: (key, stream, cursor, maxBytes) =>
      untilEnded(() => processes.readLogs(key, stream, cursor, maxBytes)),
    signal: (key, signal) =>
      track(async () => {
        const process = processOf(key);
        await act(`signal ${signal}`, key, async () => {
          if (!(await process.signal(signal))) {
            throw exited();
          }
        });
      }),
    stop: (key, graceMs = DEFAULT_STOP_GRACE_MS) =>
      track(async () => {
        const process = processOf(key);
        const ended = process.stop(Math.min(graceMs, MAX_STOP_GRACE_MS), 'stopped');
        await act('stop', key, () => undefined);
        await ended;
      }),
    cancelStop: (key) =>
      actOn('cancel-stop', key, (process) => (process.cancelStop() ? undefined : notStopping())),
    kill: (key) =>
      actOn('kill', key, (process) => {
        if (process.exit !== null) {
          return exited();
        }
        void process.kill('killed');
        return undefined;
      }),
    release: (key) => {
      processes.registry.release(processOf(key));
      record('release', key);
    },
    about: () => untilEnded(() => about),
    // What a listener throws is reported by the emitter.
    subscribe: (listener) => untilEnded(() => events.event(listener)),
    dispose: lifetime.end,
  };
}

function exited(): TypedError {
  return new TypedError(
    'process-exited',
    'The process has already exited.',
    'Its output is kept until you discard it.',
  );
}

function notStopping(): TypedError {
  return new TypedError(
    'not-stopping',
    'There is no stop to cancel: the process has exited, or nobody is stopping it.',
    'Look at its state in the list.',
  );
}
