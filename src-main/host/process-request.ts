import { environmentProblem, PASSED_ON } from '../policy/environment.ts';
import { CHILD_PATH } from '../os/limits.ts';
import { resolveInside } from '../os/workspaces.ts';
import type { ProcessSpec } from '../processes/process-spec.ts';
import type { ErrorCode, ResourceLimits, SpawnRequest } from './generated/astrid-process-1-0-0.ts';
import { WitError } from './wit-error.ts';

/** Arguments of one command, and their bytes together: a quarter of what Linux takes, so that the environment fits too. */
const MAX_ARGUMENTS = 4_096;
const MAX_COMMAND_BYTES = 512 * 1_024;

/** What a child may see of the world, decided by the host and not by the request. */
export interface ProcessSurroundings {
  /** Canonical path of the workspace. */
  readonly workspace: string;
  readonly network: boolean;
  readonly hostEnvironment: Readonly<Record<string, string | undefined>>;
}

/**
 * A guest's request as the registry takes it.
 *
 * @throws WitError with the contract's own case for whatever is wrong with it; `OsError` for its folder
 */
export async function readSpawnRequest(
  request: SpawnRequest,
  { workspace, network, hostEnvironment }: ProcessSurroundings,
): Promise<ProcessSpec> {
  checkCommand(request);
  const problem = environmentProblem(request.env);
  if (problem !== undefined) {
    throw new WitError<ErrorCode>({ tag: problem });
  }
  const cwd = await resolveInside(workspace, relativeFolder(request.cwd ?? ''));
  return {
    command: request.cmd,
    args: request.args,
    cwd,
    workspace,
    network,
    env: {
      ...passedOn(hostEnvironment),
      PATH: CHILD_PATH,
      // Private to this child and gone with it: a home of its own would be shared by every program of a capsule.
      HOME: '/tmp',
      ...Object.fromEntries(request.env.map(({ key, value }) => [key, value])),
    },
    ...present('limits', readLimits(request.limits)),
    ...present('stdin', request.stdin),
    ...present('keepStdinOpen', request.keepStdinOpen),
    ...present('overflow', request.overflow),
    ...present('ringBytes', request.logRingBytes),
    ...present('label', request.label),
    ...present('maxLifetimeMs', milliseconds(request.maxLifetimeMs)),
    ...present('idleTimeoutMs', milliseconds(request.idleTimeoutMs)),
    ...present('exitRetentionMs', milliseconds(request.exitRetentionMs)),
  };
}

/** Command and arguments as the contract promises to check them: no control characters, bounded. */
function checkCommand({ cmd, args }: SpawnRequest): void {
  const words = [cmd, ...args];
  const bytes = words.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0);
  if (args.length > MAX_ARGUMENTS || bytes > MAX_COMMAND_BYTES) {
    throw new WitError<ErrorCode>({ tag: 'too-large' });
  }
  // A leading dash would be an option of whatever takes the command; tabs and newlines are fine in arguments.
  const control = /[\p{Cc}]/u.test(cmd) || args.some((arg) => arg.includes('\0'));
  if (cmd === '' || cmd.startsWith('-') || control) {
    throw new WitError<ErrorCode>({ tag: 'invalid-input' });
  }
}

/** `cwd://x` and `x` name the same folder. The other roots belong to stores that are not there yet. */
function relativeFolder(cwd: string): string {
  const path = cwd.startsWith('cwd://') ? cwd.slice('cwd://'.length) : cwd;
  if (/^[a-z]+:\/\//.test(path)) {
    throw new WitError<ErrorCode>({ tag: 'capability-denied' });
  }
  if (path.includes('\0')) {
    throw new WitError<ErrorCode>({ tag: 'invalid-input' });
  }
  return path;
}

function passedOn(host: ProcessSurroundings['hostEnvironment']): Record<string, string> {
  const found = PASSED_ON.flatMap((name) => {
    const value = host[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

function readLimits(limits: ResourceLimits | undefined): ProcessSpec['limits'] {
  return limits === undefined
    ? undefined
    : {
        ...present('maxMemoryBytes', number(limits.maxMemoryBytes)),
        ...present('maxCpuSecs', number(limits.maxCpuSecs)),
        ...present('maxPids', limits.maxPids),
        ...present('maxOpenFiles', limits.maxOpenFiles),
      };
}

/** Every clamp is far below 2^53, so a larger number means the same as this one. */
function number(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value > 0xffff_ffff_ffffn ? 0xffff_ffff_ffffn : value);
}

const milliseconds = number;

/** The property when there is a value: an absent one must stay absent to get its default. */
function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
