import { DROP_GRACE_MS } from '../../processes/limits.ts';
import type { ManagedProcess } from '../../processes/process/managed-process.ts';
import type { AstridProcessHost1_0_0, ErrorCode, ProcessHandle } from '../generated/astrid-process-1-0-0.ts';
import { nothing, type Call, type HostFunction } from '../pipeline/host-function.ts';
import { Pollable, POLLABLE } from '../io/pollable.ts';
import { exitInfo, takeLogs, waitForExit } from './service.ts';
import { WitError } from '../pipeline/wit-error.ts';

/** What a `process-handle` stands for. */
export class HeldProcess {
  readonly process: ManagedProcess;
  /** True for `attach`: dropping it leaves the process alone. */
  readonly attached: boolean;

  constructor(process: ManagedProcess, attached: boolean) {
    this.process = process;
    this.attached = attached;
  }
}

type MethodName = keyof AstridProcessHost1_0_0 & `[method]${string}`;
type Methods = { readonly [F in MethodName]: HostFunction<AstridProcessHost1_0_0[F]> };

/**
 * The methods of `process-handle`.
 *
 * @param resource the full name of the version's resource; both versions have the same methods
 */
export function createHandleMethods(resource: string): Methods {
  const ownHandle = nothing('the handle was given for a start or an attach that passed the gate');
  const find = (call: Call, handle: ProcessHandle): HeldProcess =>
    call.handles.get(resource, handle, (value) => value instanceof HeldProcess);
  const shown = (): string => 'a process that the instance holds';
  const quiet = { needs: ownHandle, audit: 'refusals', target: shown } as const;
  const recorded = { needs: ownHandle, audit: 'always', target: shown } as const;

  return {
    '[method]process-handle.read-logs': {
      ...quiet,
      run: (call, self) => takeLogs(find(call, self).process),
    },
    '[method]process-handle.write-stdin': {
      ...recorded,
      run: (call, self, data) => find(call, self).process.writeStdin(data, call.signal),
    },
    '[method]process-handle.close-stdin': {
      ...recorded,
      run: (call, self) => find(call, self).process.closeStdin(),
    },
    '[method]process-handle.signal': {
      ...recorded,
      run: (call, self, signal) => {
        const { process } = find(call, self);
        process.use.touch();
        if (!process.signal(signal)) {
          throw closed();
        }
      },
    },
    '[method]process-handle.kill': {
      ...recorded,
      run: async (call, self) => {
        const { process } = find(call, self);
        const { live } = process;
        const exit = await process.kill('killed');
        const { stdout, stderr } = takeLogs(process);
        // Its own end may have come before the KILL and not have been told yet.
        return { killed: live && exit.reason !== 'self', exit: exitInfo(exit), stdout, stderr };
      },
    },
    '[method]process-handle.wait': {
      ...quiet,
      run: (call, self, timeoutMs) => {
        const held = find(call, self);
        refuseEndlessWait(held, timeoutMs);
        return waitForExit(held.process, timeoutMs, call.signal);
      },
    },
    '[method]process-handle.wait-with-output': {
      ...quiet,
      run: async (call, self, timeoutMs) => {
        const held = find(call, self);
        refuseEndlessWait(held, timeoutMs);
        const exit = await waitForExit(held.process, timeoutMs, call.signal);
        const { stdout, stderr } = takeLogs(held.process);
        return { stdout, stderr, exit };
      },
    },
    '[method]process-handle.os-pid': {
      ...quiet,
      run: (call, self) => {
        const { osPid } = find(call, self).process.view();
        if (osPid === null) {
          throw closed();
        }
        return osPid;
      },
    },
    '[method]process-handle.subscribe-exit': {
      ...quiet,
      run: (call, self) =>
        call.handles.insert(POLLABLE, exitPollable(find(call, self).process), () => undefined),
    },
    '[method]process-handle.subscribe-logs': {
      ...quiet,
      run: (call, self) =>
        call.handles.insert(POLLABLE, logPollable(find(call, self).process), () => undefined),
    },
  };
}

/**
 * Puts a process into the instance's handles. An owned one ends when its handle goes: TERM first, since the guest may only have
 * lost its handle (a trap, an idle instance) and the program still has something to tidy up.
 */
export function holdProcess(call: Call, resource: string, held: HeldProcess): ProcessHandle {
  const { process, attached } = held;
  const dispose = (): void => {
    if (!attached) {
      void process.stop(DROP_GRACE_MS, 'killed');
    }
  };
  // Of one that is being ended already there is a record.
  const ends = (): string | null =>
    !attached && ['starting', 'running'].includes(process.phase) ? process.key : null;
  return call.handles.insert(resource, held, dispose, ends) as unknown as ProcessHandle;
}

/** A persistent process may outlive every caller, so nobody waits for it without a limit. */
function refuseEndlessWait({ attached }: HeldProcess, timeoutMs: bigint | undefined): void {
  if (attached && timeoutMs === undefined) {
    throw new WitError<ErrorCode>({ tag: 'invalid-input' });
  }
}

function exitPollable(process: ManagedProcess): Pollable {
  return new Pollable(
    () => process.exit !== null,
    (listener) => process.onExit(listener),
  );
}

function logPollable(process: ManagedProcess): Pollable {
  return new Pollable(
    () => process.readable,
    (listener) => process.onOutput(listener),
  );
}

function closed(): WitError<ErrorCode> {
  return new WitError({ tag: 'closed' });
}
