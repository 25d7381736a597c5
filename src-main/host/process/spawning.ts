import type { Need } from '../../policy/need.ts';
import { ANONYMOUS_PRINCIPAL } from '../../policy/principal.ts';
import { isTypedError } from '../../base/typed-error.ts';
import type { Handle } from '../generated/handle.ts';
import type { ErrorCode, ProcessResult } from '../generated/astrid-process-1-0-0.ts';
import { hostFunctionOn, type Call, type HostFunction } from '../pipeline/host-function.ts';
import type { Resource } from '../pipeline/resource.ts';
import { WitError } from '../pipeline/wit-error.ts';
import { HeldProcess, holdProcess } from './handles.ts';
import type { SpawnRequest } from './request.ts';
import { runToEnd, type ProcessServices } from './service.ts';
import { Spawn } from './spawn.ts';
import { startProcess } from './start.ts';

interface SpawnSignature<Request, Ok> {
  readonly params: readonly [request: Request];
  readonly ok: Ok;
  readonly err: ErrorCode;
}

/** @typeParam Request the version's request: that of 1.1.0 has files, which the start looks for */
export interface SpawnFunctions<Request, Name extends string> {
  readonly spawn: HostFunction<SpawnSignature<Request, ProcessResult>>;
  readonly 'spawn-background': HostFunction<SpawnSignature<Request, Handle<Name>>>;
  readonly 'spawn-persistent': HostFunction<SpawnSignature<Request, string>>;
}

/** The three ways to start a program. */
export function createSpawnFunctions<Request extends SpawnRequest, Name extends string>(
  held: Resource<Name, HeldProcess>,
  services: ProcessServices,
): SpawnFunctions<Request, Name> {
  const find = ({ principal }: Call, request: Request): Spawn =>
    new Spawn(request, principal, services.hostEnvironment);
  const command = ({ request }: Spawn): Need => ({ kind: 'command', command: request.cmd });
  const common = {
    blocks: true,
    audit: 'always',
    charges: () => [{ rate: 'spawns', amount: 1 }] as const,
    target: (spawn: Spawn) => spawn.target,
  } as const;

  return {
    spawn: hostFunctionOn(find, {
      ...common,
      needs: (spawn) => [command(spawn)],
      run: async (call, spawn) => runToEnd(await startProcess(services, call, 'sync', spawn), call.signal),
    }),
    'spawn-background': hostFunctionOn(find, {
      ...common,
      needs: (spawn) => [command(spawn)],
      run: async (call, spawn) =>
        holdProcess(
          call,
          held,
          new HeldProcess(await startProcess(services, call, 'ephemeral', spawn), false),
        ),
    }),
    'spawn-persistent': hostFunctionOn(find, {
      ...common,
      needs: (spawn) => {
        if (spawn.principal === ANONYMOUS_PRINCIPAL) {
          throw new WitError<ErrorCode>(
            { tag: 'persist-unsupported' },
            { reason: 'the caller has no identity' },
          );
        }
        return [command(spawn), { kind: 'flag', capability: 'allow_persistent' }];
      },
      run: async (call, spawn) => {
        const process = await startProcess(services, call, 'persistent', spawn).catch(withoutSandbox);
        return process.id;
      },
    }),
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
