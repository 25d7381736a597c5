import { DROP_GRACE_MS } from '../../processes/limits.ts';
import type { ManagedProcess } from '../../processes/process/managed-process.ts';
import type { Handle } from '../generated/handle.ts';
import type { AstridProcessHost1_0_0, ErrorCode } from '../generated/astrid-process-1-0-0.ts';
import { insertPollable } from '../io/pollable.ts';
import { hostFunctionOn, nothing, type Call, type HostFunction } from '../pipeline/host-function.ts';
import type { Resource } from '../pipeline/resource.ts';
import { WitError } from '../pipeline/wit-error.ts';
import { exitInfo, takeLogs, waitForExit } from './service.ts';

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

/** The signature of a method, which is the same in every version, with the handle of one version. */
type Method<F extends MethodName, Name extends string> = AstridProcessHost1_0_0[F] extends {
  readonly params: readonly [unknown, ...infer Rest];
  readonly ok: infer Ok;
  readonly err: infer Err;
}
  ? { readonly params: readonly [self: Handle<Name>, ...rest: Rest]; readonly ok: Ok; readonly err: Err }
  : never;

export type HandleMethods<Name extends string> = {
  readonly [F in MethodName]: HostFunction<Method<F, Name>>;
};

/**
 * The methods of `process-handle`.
 *
 * @param resource the version's resource; both versions have the same methods
 */
export function createHandleMethods<Name extends string>(
  resource: Resource<Name, HeldProcess>,
): HandleMethods<Name> {
  const find = (call: Call, self: Handle<Name>): HeldProcess => call.handles.get(resource, self);
  const quiet = {
    needs: nothing('the handle came from a spawn or an attach that passed the gate'),
    audit: 'refusals',
    target: ({ process }: HeldProcess) => process.key,
  } as const;
  const recorded = { ...quiet, audit: 'always' } as const;

  return {
    '[method]process-handle.read-logs': hostFunctionOn(find, {
      ...quiet,
      run: (_call, { process }) => takeLogs(process),
    }),
    '[method]process-handle.write-stdin': hostFunctionOn(find, {
      ...recorded,
      blocks: true,
      run: (call, { process }, _self, data) => process.writeStdin(data, call.signal),
    }),
    '[method]process-handle.close-stdin': hostFunctionOn(find, {
      ...recorded,
      run: (_call, { process }) => process.closeStdin(),
    }),
    '[method]process-handle.signal': hostFunctionOn(find, {
      ...recorded,
      run: async (_call, { process }, _self, signal) => {
        process.use.touch();
        if (!(await process.signal(signal))) {
          throw closed();
        }
      },
    }),
    '[method]process-handle.kill': hostFunctionOn(find, {
      ...recorded,
      target: ({ process }, result) =>
        result?.killed === false ? `${process.key}, already exited` : process.key,
      run: async (_call, { process }) => {
        const { live } = process;
        const exit = await process.kill('killed');
        const { stdout, stderr } = await takeLogs(process);
        // Its own end may have come before the KILL and not have been told yet.
        return { killed: live && exit.reason !== 'self', exit: exitInfo(exit), stdout, stderr };
      },
    }),
    '[method]process-handle.wait': hostFunctionOn(find, {
      ...quiet,
      blocks: true,
      run: (call, held, _self, timeoutMs) => {
        refuseEndlessWait(held, timeoutMs);
        return waitForExit(held.process, timeoutMs, call.signal);
      },
    }),
    '[method]process-handle.wait-with-output': hostFunctionOn(find, {
      ...quiet,
      blocks: true,
      run: async (call, held, _self, timeoutMs) => {
        refuseEndlessWait(held, timeoutMs);
        const exit = await waitForExit(held.process, timeoutMs, call.signal);
        const { stdout, stderr } = await takeLogs(held.process);
        return { stdout, stderr, exit };
      },
    }),
    '[method]process-handle.os-pid': hostFunctionOn(find, {
      ...quiet,
      run: (_call, { process }) => {
        const { osPid } = process.view();
        if (osPid === null) {
          throw closed();
        }
        return osPid;
      },
    }),
    '[method]process-handle.subscribe-exit': hostFunctionOn(find, {
      ...quiet,
      run: (call, { process }, self) =>
        insertPollable(call, self, {
          ready: () => process.exit !== null,
          subscribe: (listener) => process.onExit(listener),
        }),
    }),
    '[method]process-handle.subscribe-logs': hostFunctionOn(find, {
      ...quiet,
      run: (call, { process }, self) =>
        insertPollable(call, self, {
          ready: () => process.readable,
          subscribe: (listener) => process.onOutput(listener),
        }),
    }),
  };
}

/**
 * Puts a process into the instance's handles. An owned one ends when its handle goes: TERM first, since the guest may only have
 * lost its handle (a trap, an idle instance) and the program still has something to tidy up.
 */
export function holdProcess<Name extends string>(
  call: Call,
  resource: Resource<Name, HeldProcess>,
  held: HeldProcess,
): Handle<Name> {
  const { process, attached } = held;
  return call.handles.insert(resource, held, {
    dispose: () => {
      if (!attached) {
        void process.stop(DROP_GRACE_MS, 'killed');
      }
    },
    // Of one that is being ended already there is a record.
    ends: () => (!attached && ['starting', 'running'].includes(process.phase) ? process.key : null),
  });
}

/** A persistent process may outlive every caller, so nobody waits for it without a limit. */
function refuseEndlessWait({ attached }: HeldProcess, timeoutMs: bigint | undefined): void {
  if (attached && timeoutMs === undefined) {
    throw new WitError<ErrorCode>({ tag: 'invalid-input' });
  }
}

function closed(): WitError<ErrorCode> {
  return new WitError({ tag: 'closed' });
}
