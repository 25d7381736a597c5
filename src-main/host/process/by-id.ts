import type { Handle } from '../generated/handle.ts';
import type { AstridProcessHost1_0_0, ErrorCode } from '../generated/astrid-process-1-0-0.ts';
import {
  hostFunction,
  hostFunctionOn,
  nothing,
  type Call,
  type HostFunction,
} from '../pipeline/host-function.ts';
import type { Resource } from '../pipeline/resource.ts';
import { WitError } from '../pipeline/wit-error.ts';
import { HeldProcess, holdProcess } from './handles.ts';
import { NamedProcess } from './named-process.ts';
import { exitInfo, processInfo, takeLogs, waitForExit, type ProcessServices } from './service.ts';

/** The most that one `read-since` answers, silently capped as in the reference. */
const MAX_READ_BYTES = 4 * 1_024 * 1_024;

/** Sixteen times what the registry holds: looking up more would hold everybody else up (1 ms for each thousand). */
const MAX_ASKED_IDS = 4_096;

/** The contract's grace of `stop` when none is given. */
const DEFAULT_GRACE_MS = 5_000n;

type IdName = Exclude<
  keyof AstridProcessHost1_0_0,
  'spawn' | 'spawn-background' | 'spawn-persistent' | 'attach' | `[method]${string}`
>;

/** The functions that find a process by its id, which are the same in every version but for the handle of `attach`. */
export type IdFunctions<Name extends string> = {
  readonly [F in IdName]: HostFunction<AstridProcessHost1_0_0[F]>;
} & {
  readonly attach: HostFunction<{
    readonly params: readonly [id: string];
    readonly ok: Handle<Name>;
    readonly err: ErrorCode;
  }>;
};

export function createIdFunctions<Name extends string>(
  held: Resource<Name, HeldProcess>,
  { registry, watches }: ProcessServices,
): IdFunctions<Name> {
  const find = (call: Call, id: string): NamedProcess => new NamedProcess(registry, call, id);
  const needs = nothing('an id is valid only for the principal and capsule that it was issued to');
  const quiet = { needs, audit: 'refusals', target: ({ target }: NamedProcess) => target } as const;
  const recorded = { ...quiet, audit: 'always' } as const;
  const listing = { needs, audit: 'refusals', target: () => '' } as const;

  return {
    attach: hostFunctionOn(find, {
      ...recorded,
      run: (call, named) => holdProcess(call, held, new HeldProcess(named.get(), true)),
    }),
    'list-processes': hostFunction({
      ...listing,
      run: (call, [labelFilter]) => registry.list(call, labelFilter ?? null).map(processInfo),
    }),
    status: hostFunctionOn(find, { ...quiet, run: (_call, named) => processInfo(named.get()) }),
    'status-many': hostFunction({
      ...listing,
      run: (call, [ids]) => {
        if (ids.length > MAX_ASKED_IDS) {
          throw new WitError<ErrorCode>({ tag: 'too-large' });
        }
        const own = new Map(registry.list(call, null).map((process) => [process.id, process]));
        // Each once: a list of one id without end would be answered without end.
        return [...new Set(ids)].flatMap((id) => {
          const process = own.get(id);
          return process === undefined ? [] : [processInfo(process)];
        });
      },
    }),
    'read-logs': hostFunctionOn(find, { ...quiet, run: (_call, named) => takeLogs(named.get()) }),
    'read-since': hostFunctionOn(find, {
      ...quiet,
      run: (_call, named, _id, stream, { token }, maxBytes) => {
        const process = named.get();
        const offset = token === undefined ? null : registry.offsetOf(process, stream, token);
        const slice = process.readSince(stream, offset, Math.min(maxBytes, MAX_READ_BYTES));
        return {
          data: slice.bytes,
          next: { token: registry.cursor(process, stream, slice.next) },
          bytesDropped: BigInt(slice.lost),
          drainedEof: slice.end,
        };
      },
    }),
    'write-stdin': hostFunctionOn(find, {
      ...recorded,
      blocks: true,
      run: (call, named, _id, data) => named.get().writeStdin(data, call.signal),
    }),
    'close-stdin': hostFunctionOn(find, { ...recorded, run: (_call, named) => named.get().closeStdin() }),
    signal: hostFunctionOn(find, {
      ...recorded,
      run: async (_call, named, _id, signal) => {
        const process = named.get();
        process.use.touch();
        if (!(await process.signal(signal))) {
          named.hadEnded();
        }
      },
    }),
    wait: hostFunctionOn(find, {
      ...quiet,
      blocks: true,
      run: (call, named, _id, timeoutMs) => waitForExit(named.get(), timeoutMs, call.signal),
    }),
    stop: hostFunctionOn(find, {
      ...recorded,
      blocks: true,
      run: async (call, named, _id, graceMs) => {
        const process = named.get();
        if (!process.live) {
          named.hadEnded();
        }
        const exit = await process.stop(Number(graceMs ?? DEFAULT_GRACE_MS), 'stopped');
        if (exit === null) {
          throw new WitError<ErrorCode>({ tag: 'cancelled' }, { reason: 'the operator cancelled the stop' });
        }
        // A call that has ended without hearing of the end must be able to ask for it later.
        if (!call.signal.aborted) {
          registry.release(process);
        }
        return exitInfo(exit);
      },
    }),
    'release-process': hostFunctionOn(find, {
      ...recorded,
      run: (_call, named) => {
        // An unknown id, somebody else's and one released before get the same answer: done.
        const process = named.find();
        if (process !== undefined) {
          registry.release(process);
        }
      },
    }),
    watch: hostFunctionOn(find, {
      ...quiet,
      run: (_call, named, _id, suffix) => watches.watch(named.get(), suffix ?? null),
    }),
    unwatch: hostFunctionOn(find, {
      ...quiet,
      run: (_call, named) => {
        // Ending a watch that is none, of whatever id, is fine.
        const process = named.find();
        if (process !== undefined) {
          watches.unwatch(process);
        }
      },
    }),
  };
}
