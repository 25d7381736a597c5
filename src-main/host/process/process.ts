import type { Need } from '../../policy/gate.ts';
import { ANONYMOUS_PRINCIPAL } from '../../policy/principal.ts';
import type { ManagedProcess } from '../../processes/process/managed-process.ts';
import { isTypedError, type TypedError } from '../../base/typed-error.ts';
import type { AstridProcessHost1_0_0, ErrorCode, SpawnRequest } from '../generated/astrid-process-1-0-0.ts';
import {
  nothing,
  type Call,
  type HostFunction,
  type HostFunctions,
  type HostInterface,
  type InterfaceErrors,
} from '../pipeline/host-function.ts';
import { createHandleMethods, HeldProcess, holdProcess } from './handles.ts';
import { exitInfo, processInfo, runToEnd, takeLogs, waitForExit, type ProcessServices } from './service.ts';
import { startProcess } from './start.ts';
import { spawnTarget } from './target.ts';
import { WitError } from '../pipeline/wit-error.ts';

/** The most that one `read-since` answers, silently capped as in the reference. */
const MAX_READ_BYTES = 4 * 1_024 * 1_024;

type Name = `astrid:process/host@1.${'0' | '1'}.0`;

/** `astrid:process` of both versions: two thin tables over one registry. */
export function createProcessHosts(
  services: ProcessServices,
): readonly [HostInterface<'astrid:process/host@1.0.0'>, HostInterface<'astrid:process/host@1.1.0'>] {
  return [
    {
      name: 'astrid:process/host@1.0.0',
      errors,
      functions: functionsOf('astrid:process/host@1.0.0', services),
    },
    {
      name: 'astrid:process/host@1.1.0',
      errors,
      // 1.1.0 has the same functions; its request has one field more, which the start looks for, and its
      // handles carry the other resource's name, which `functionsOf` is told.
      functions: functionsOf(
        'astrid:process/host@1.1.0',
        services,
      ) as unknown as HostFunctions<'astrid:process/host@1.1.0'>,
    },
  ];
}

const errors: InterfaceErrors<ErrorCode> = {
  denied: { tag: 'capability-denied' },
  quota: { tag: 'quota' },
  cancelled: { tag: 'cancelled' },
  unknown: (text) => ({ tag: 'unknown', val: text }),
  byCode: {
    quota: () => ({ tag: 'quota' }),
    'registry-full': () => ({ tag: 'registry-full' }),
    'no-such-process': () => ({ tag: 'no-such-process' }),
    'invalid-input': () => ({ tag: 'invalid-input' }),
    'too-large': () => ({ tag: 'too-large' }),
    cancelled: () => ({ tag: 'cancelled' }),
    closed: () => ({ tag: 'closed' }),
    'path-escape': () => ({ tag: 'boundary-escape' }),
    'path-invalid': () => ({ tag: 'invalid-input' }),
    'invalid-spawn': () => ({ tag: 'invalid-input' }),
    'program-not-found': inWords,
    'spawn-failed': inWords,
    'sandbox-unsupported': inWords,
    'sandbox-missing': inWords,
    'sandbox-blocked': inWords,
  },
};

/** Why nothing could be started is for the person who reads the guest's log: reason and fix. */
function inWords(error: Error): ErrorCode {
  return { tag: 'unknown', val: `${error.message} ${(error as TypedError).hint}` };
}

function functionsOf(name: Name, services: ProcessServices): HostFunctions<'astrid:process/host@1.0.0'> {
  return {
    ...spawning(name, services),
    ...byId(name, services),
    ...createHandleMethods(`${name}#process-handle`),
  };
}

type Functions<F extends keyof AstridProcessHost1_0_0> = {
  readonly [K in F]: HostFunction<AstridProcessHost1_0_0[K]>;
};

function spawning(
  name: Name,
  services: ProcessServices,
): Functions<'spawn' | 'spawn-background' | 'spawn-persistent'> {
  const command = ({ cmd }: SpawnRequest): Need => ({ kind: 'command', command: cmd });
  const common = {
    audit: 'always',
    quota: 'spawns',
    target: spawnTarget,
  } as const;

  return {
    spawn: {
      ...common,
      needs: (request) => [command(request)],
      run: async (call, request) =>
        runToEnd(await startProcess(services, call, 'sync', request), call.signal),
    },
    'spawn-background': {
      ...common,
      needs: (request) => [command(request)],
      run: async (call, request) => {
        const process = await startProcess(services, call, 'ephemeral', request);
        return holdProcess(call, `${name}#process-handle`, new HeldProcess(process, false));
      },
    },
    'spawn-persistent': {
      ...common,
      needs: (request) => [command(request), { kind: 'flag', capability: 'allow_persistent' }],
      run: async (call, request) => {
        if (call.principal === ANONYMOUS_PRINCIPAL) {
          throw new WitError<ErrorCode>(
            { tag: 'persist-unsupported' },
            { reason: 'the caller has no identity' },
          );
        }
        const process = await startProcess(services, call, 'persistent', request).catch(withoutSandbox);
        return process.id;
      },
    },
  };
}

/** A persistent child needs a sandbox that holds it; the audit says what is wrong with this machine's. */
function withoutSandbox(error: unknown): never {
  if (isTypedError(error) && error.code.startsWith('sandbox-')) {
    throw new WitError<ErrorCode>(
      { tag: 'persist-unsupported' },
      { reason: `${error.message} ${error.hint}`, cause: error },
    );
  }
  throw error;
}

type ById = Exclude<
  keyof AstridProcessHost1_0_0,
  'spawn' | 'spawn-background' | 'spawn-persistent' | `[method]${string}`
>;

function byId(name: Name, { registry, watches }: ProcessServices): Functions<ById> {
  const find = (call: Call, id: string): ManagedProcess => registry.byId(id, call);
  const needs = nothing('an id answers only to the principal and capsule that it was given to');
  const quiet = { needs, audit: 'refusals', target: (id: string) => registry.keyOf(id) } as const;
  const recorded = { ...quiet, audit: 'always' } as const;
  const noTarget = (): string => '';

  return {
    attach: {
      ...recorded,
      run: (call, id) => holdProcess(call, `${name}#process-handle`, new HeldProcess(find(call, id), true)),
    },
    'list-processes': {
      ...quiet,
      target: noTarget,
      run: (call, labelFilter) => registry.list(call, labelFilter ?? null).map(processInfo),
    },
    status: { ...quiet, run: (call, id) => processInfo(find(call, id)) },
    'status-many': {
      ...quiet,
      target: noTarget,
      run: (call, ids) => {
        const own = new Map(registry.list(call, null).map((process) => [process.id, process]));
        return ids.flatMap((id) => {
          const process = own.get(id);
          return process === undefined ? [] : [processInfo(process)];
        });
      },
    },
    'read-logs': { ...quiet, run: (call, id) => takeLogs(find(call, id)) },
    'read-since': {
      ...quiet,
      run: (call, id, stream, { token }, maxBytes) => {
        const process = find(call, id);
        const offset = token === undefined ? null : registry.offsetOf(process, stream, token);
        const slice = process.readSince(stream, offset, Math.min(maxBytes, MAX_READ_BYTES));
        return {
          data: slice.bytes,
          next: { token: registry.cursor(process, stream, slice.next) },
          bytesDropped: BigInt(slice.lost),
          drainedEof: slice.end,
        };
      },
    },
    'write-stdin': { ...recorded, run: (call, id, data) => find(call, id).writeStdin(data, call.signal) },
    'close-stdin': { ...recorded, run: (call, id) => find(call, id).closeStdin() },
    signal: {
      ...recorded,
      run: (call, id, signal) => {
        const process = find(call, id);
        process.use.touch();
        process.signal(signal);
      },
    },
    wait: { ...quiet, run: (call, id, timeoutMs) => waitForExit(find(call, id), timeoutMs, call.signal) },
    stop: {
      ...recorded,
      run: async (call, id, graceMs) => {
        const process = find(call, id);
        const exit = await process.stop(Number(graceMs ?? DEFAULT_GRACE_MS), 'stopped');
        if (exit === null) {
          throw new WitError<ErrorCode>({ tag: 'cancelled' }, { reason: 'the stop was called off' });
        }
        // A call that has ended without hearing of the end must be able to ask for it later.
        if (!call.signal.aborted) {
          registry.release(process);
        }
        return exitInfo(exit);
      },
    },
    'release-process': {
      ...recorded,
      run: (call, id) => {
        // An unknown id, somebody else's and one released before get the same answer: done.
        const process = registry.find(id, call);
        if (process !== undefined) {
          registry.release(process);
        }
      },
    },
    watch: {
      ...quiet,
      run: (call, id, suffix) => watches.watch(find(call, id), suffix ?? null),
    },
    unwatch: {
      ...quiet,
      run: (call, id) => {
        // Ending a watch that is none, of whatever id, is fine.
        const process = registry.find(id, call);
        if (process !== undefined) {
          watches.unwatch(process);
        }
      },
    },
  };
}

/** The contract's grace of `stop` when none is given. */
const DEFAULT_GRACE_MS = 5_000n;
