import { environmentProblem, PASSED_ON } from '../../policy/environment.ts';
import { injectionProblem, type FileInjection } from '../../policy/file-injections.ts';
import { CHILD_PATH } from '../../os/limits.ts';
import type { ProcessSpec } from '../../processes/process/spec.ts';
import type {
  ErrorCode,
  ResourceLimits,
  SpawnRequest as SpawnRequest10,
} from '../generated/astrid-process-1-0-0.ts';
import type { SpawnRequest as SpawnRequest11 } from '../generated/astrid-process-1-1-0.ts';
import { WitError } from '../pipeline/wit-error.ts';

/** Arguments of one command, and their bytes together: a quarter of what Linux takes, so that the environment fits too. */
export const MAX_ARGUMENTS = 4_096;
export const MAX_COMMAND_BYTES = 512 * 1_024;
/** Bytes of the command or one argument: Linux takes 128 KiB with the NUL behind it (`MAX_ARG_STRLEN`). */
export const MAX_ARGUMENT_BYTES = 128 * 1_024 - 1;

/** Of a folder's name: Linux takes no longer path (PATH_MAX with its NUL). */
const MAX_FOLDER_BYTES = 4_095;

/** A guest's request, of either version: only 1.1.0 has files. */
export type SpawnRequest = SpawnRequest10 | SpawnRequest11;

/** A folder that a request names. `path` has no `..` and does not begin with `/`. */
export interface NamedFolder {
  /** Nobody has a `shared` one; the gate says so. */
  readonly root: 'workspace' | 'home' | 'shared';
  readonly path: string;
}

/** A request that keeps every rule that can be checked without looking at the machine. */
export interface CheckedRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: NamedFolder;
  /** `HOME` when the guest names a part of its home folder. */
  readonly home: NamedFolder | null;
  readonly env: Readonly<Record<string, string>>;
  readonly injections: readonly FileInjection[];
  /** What the registry takes as it is. */
  readonly options: Omit<
    ProcessSpec,
    'command' | 'program' | 'args' | 'cwd' | 'workspace' | 'folders' | 'injections' | 'network' | 'env'
  >;
}

/**
 * Checks a request in the contract's order: command, environment, folder, files. Pure.
 *
 * @param machine what of the host a child gets, and whether files can appear at a path of the guest's choosing
 * @throws WitError with the contract's own case for whatever is wrong with it
 */
export function readSpawnRequest(
  request: SpawnRequest,
  machine: {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly fixedPaths: boolean;
  },
): CheckedRequest {
  checkCommand(request);
  refuse(environmentProblem(request.env));
  const home = request.env.find(({ key }) => key === 'HOME')?.value ?? '';
  const injections = 'fileInjections' in request ? request.fileInjections : [];
  const cwd = namedFolder(request.cwd ?? '');
  const homeFolder = home.startsWith('home://') ? namedFolder(home) : null;
  refuse(injectionProblem(injections, machine));
  return {
    command: request.cmd,
    args: request.args,
    cwd,
    home: homeFolder,
    env: {
      ...passedOn(machine.environment),
      PATH: CHILD_PATH,
      // Private to this child and gone with it: a home of its own would be shared by every program of a capsule.
      HOME: '/tmp',
      ...Object.fromEntries(request.env.map(({ key, value }) => [key, value])),
    },
    injections,
    options: {
      ...present('limits', readLimits(request.limits)),
      ...present('stdin', request.stdin),
      ...present('keepStdinOpen', request.keepStdinOpen),
      ...present('overflow', request.overflow),
      ...present('ringBytes', request.logRingBytes),
      ...present('label', request.label),
      ...present('maxLifetimeMs', milliseconds(request.maxLifetimeMs)),
      ...present('idleTimeoutMs', milliseconds(request.idleTimeoutMs)),
      ...present('exitRetentionMs', milliseconds(request.exitRetentionMs)),
    },
  };
}

/** Control characters but tab and line ends, which scripts given as arguments are full of. */
// oxlint-disable-next-line no-control-regex -- they are what it looks for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Command and arguments as the contract promises to check them: no control characters, bounded. */
function checkCommand({ cmd, args }: SpawnRequest): void {
  // By number and characters first, each of which has a byte: what is far too large is not looked at.
  let characters = cmd.length;
  for (let index = 0; index < args.length && characters <= MAX_COMMAND_BYTES; index += 1) {
    characters += args[index]?.length ?? 0;
  }
  if (args.length > MAX_ARGUMENTS || characters > MAX_COMMAND_BYTES) {
    refuse('too-large');
  }
  const words = [cmd, ...args];
  const sizes = words.map((word) => Buffer.byteLength(word));
  const bytes = sizes.reduce((sum, size) => sum + size + 1, 0);
  const tooLong = sizes.some((size) => size > MAX_ARGUMENT_BYTES);
  if (tooLong || bytes > MAX_COMMAND_BYTES) {
    refuse('too-large');
  }
  // A leading dash would be an option of whatever takes the command.
  if (cmd === '' || cmd.startsWith('-') || /\p{Cc}/u.test(cmd) || args.some((arg) => CONTROL.test(arg))) {
    refuse('invalid-input');
  }
}

/** `cwd://x` and `x` name the same folder; `home://x` one of the principal's home. */
function namedFolder(text: string): NamedFolder {
  if (text.length > MAX_FOLDER_BYTES || text.includes('\0')) {
    refuse('invalid-input');
  }
  const [, scheme = 'cwd', path = ''] = /^(?:(cwd|home|shared):\/\/)?(.*)$/su.exec(text) ?? [];
  if (path.startsWith('/') || path.split('/').includes('..')) {
    refuse('boundary-escape');
  }
  return { root: scheme === 'home' || scheme === 'shared' ? scheme : 'workspace', path };
}

type Refusal = 'too-large' | 'invalid-input' | 'boundary-escape';

function refuse(problem: Refusal | undefined): void {
  if (problem !== undefined) {
    throw new WitError<ErrorCode>({ tag: problem });
  }
}

function passedOn(host: Readonly<Record<string, string | undefined>>): Record<string, string> {
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
