import type { TypedError } from '../../base/typed-error.ts';
import type { OsErrorCode } from '../../os/os-error.ts';
import type { ProcessErrorCode } from '../../processes/process-error.ts';
import type { ErrorCode, SpawnRequest as SpawnRequest1_0 } from '../generated/astrid-process-1-0-0.ts';
import type { SpawnRequest as SpawnRequest1_1 } from '../generated/astrid-process-1-1-0.ts';
import { errorsOf, type HostInterface } from '../pipeline/errors-of.ts';
import { resource, type Resource } from '../pipeline/resource.ts';
import { createIdFunctions } from './by-id.ts';
import { createHandleMethods, type HeldProcess } from './handles.ts';
import type { SpawnRequest } from './request.ts';
import type { ProcessServices } from './service.ts';
import { createSpawnFunctions } from './spawning.ts';

const HANDLE_1_0 = resource<HeldProcess>()('astrid:process/host@1.0.0#process-handle');
const HANDLE_1_1 = resource<HeldProcess>()('astrid:process/host@1.1.0#process-handle');

/** `astrid:process` of both versions: two thin tables over one registry. */
export function createProcessHosts(
  services: ProcessServices,
): readonly [HostInterface<'astrid:process/host@1.0.0'>, HostInterface<'astrid:process/host@1.1.0'>] {
  return [
    {
      name: 'astrid:process/host@1.0.0',
      errors,
      functions: functionsOf<SpawnRequest1_0, typeof HANDLE_1_0.name>(HANDLE_1_0, services),
    },
    {
      name: 'astrid:process/host@1.1.0',
      errors,
      functions: functionsOf<SpawnRequest1_1, typeof HANDLE_1_1.name>(HANDLE_1_1, services),
    },
  ];
}

function functionsOf<Request extends SpawnRequest, Name extends string>(
  held: Resource<Name, HeldProcess>,
  services: ProcessServices,
) {
  return {
    ...createSpawnFunctions<Request, Name>(held, services),
    ...createIdFunctions(held, services),
    ...createHandleMethods(held),
  };
}

/** Both versions have the same cases. */
const errors = errorsOf<'astrid:process/host@1.0.0', ProcessErrorCode | OsErrorCode>({
  byCode: {
    quota: 'quota',
    'disk-quota': 'quota',
    'registry-full': 'registry-full',
    'no-such-process': 'no-such-process',
    'invalid-input': 'invalid-input',
    'too-large': 'too-large',
    cancelled: 'cancelled',
    closed: 'closed',
    'path-escape': 'boundary-escape',
    'path-invalid': 'invalid-input',
    'invalid-spawn': 'invalid-input',
    'program-not-found': inWords,
    'spawn-failed': inWords,
    'sandbox-unsupported': inWords,
    'sandbox-missing': inWords,
    'sandbox-blocked': inWords,
  },
});

/** Why nothing could be started is for the person who reads the guest's log: reason and fix. */
function inWords({ message, hint }: TypedError): ErrorCode {
  return { tag: 'unknown', val: `${message} ${hint}` };
}
