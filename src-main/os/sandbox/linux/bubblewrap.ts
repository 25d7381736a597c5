import { MACHINE_PROC_ENTRIES, PRIVATE_TMPFS_BYTES, SHARED_MEMORY } from '../../limits.ts';
import type { Mount } from '../../files/mounts.ts';
import { checkSandboxSpec, checkTarget } from '../spec/check.ts';
import type { CommandSpec, SandboxSpec } from '../spec/spec.ts';
import type { SystemView } from '../spec/system-view.ts';

/** What differs between releases of bubblewrap and machines. */
export interface SandboxTools {
  readonly view: SystemView;
  /** `--size` is understood (bubblewrap 0.7 and newer). */
  readonly tmpfsSize: boolean;
}

/** Descriptors that bubblewrap is started with beside stdin, stdout and stderr. */
export const STATUS_FD = 3;
export const ENVIRONMENT_FD = 4;
/** Where bubblewrap reads the seccomp filter: the last thing it does before it makes the process of the program. */
export const SECCOMP_FD = 5;
/** What is mounted, in its order. bubblewrap closes each when it has mounted it. */
export const FIRST_MOUNT_FD = 6;

export interface BubblewrapArguments {
  /** The whole argument list; it names `ENVIRONMENT_FD` as the source of `environment`, and the other descriptors above. */
  readonly argv: readonly string[];
  /**
   * The `--setenv` options. They travel through a pipe (`--args`), because argument lists are readable by
   * every user of the machine and environments hold secrets.
   */
  readonly environment: readonly string[];
}

/**
 * The bubblewrap command line for `spec`. Order matters: system view, own `/proc`, `/dev` and `/tmp`, then
 * what the caller opens (so that a workspace under `/tmp` is not covered), injections, and last `/dev` and the root
 * made read-only. Throws `OsError` `invalid-spawn` for a path or argument that must not reach the sandbox.
 *
 * @param mounts what the caller opens, as descriptors from `FIRST_MOUNT_FD` on: names can be made to lead elsewhere
 */
export function bubblewrapArguments(
  spec: CommandSpec,
  mounts: readonly Pick<Mount, 'target' | 'access'>[],
  tools: SandboxTools,
): BubblewrapArguments {
  checkSandboxSpec(spec);
  mounts.forEach(({ target }) => checkTarget(target));
  const argv = [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--clearenv',
    // As root bubblewrap would leave the program its capabilities, enough to unmount parts of its own view.
    '--cap-drop',
    'ALL',
    ...(spec.network ? ['--share-net'] : []),
    ...systemMounts(tools, spec),
    ...callerMounts(mounts),
    '--remount-ro',
    '/dev',
    '--remount-ro',
    '/',
    '--chdir',
    spec.cwd,
    '--json-status-fd',
    String(STATUS_FD),
    '--args',
    String(ENVIRONMENT_FD),
    '--seccomp',
    String(SECCOMP_FD),
    '--',
    ...spec.command,
  ];
  const environment = Object.entries(spec.env).flatMap(([name, value]) => ['--setenv', name, value]);
  return { argv, environment };
}

/** What every program sees; without `spec` one that may do nothing. */
export function systemMounts(
  { view, tmpfsSize }: SandboxTools,
  spec: Pick<SandboxSpec, 'network' | 'limits'> = { network: false },
): readonly string[] {
  const etc = spec.network ? [...view.etc, ...view.networkEtc] : view.etc;
  const size = tmpfsSize
    ? ['--size', String(Math.min(PRIVATE_TMPFS_BYTES, spec.limits?.maxMemoryBytes ?? Infinity))]
    : [];
  return [
    ...view.folders.flatMap((path) => ['--ro-bind', path, path]),
    ...view.links.flatMap(({ path, target }) => ['--symlink', target, path]),
    ...etc.flatMap((path) => ['--ro-bind', path, path]),
    '--proc',
    '/proc',
    ...MACHINE_PROC_ENTRIES.map((name) => `/proc/${name}`).flatMap((path) => ['--ro-bind-try', path, path]),
    '--dev',
    '/dev',
    ...size,
    '--tmpfs',
    SHARED_MEMORY,
    ...size,
    '--tmpfs',
    '/tmp',
    '--dir',
    '/run',
    '--dir',
    '/var/tmp',
  ];
}

function callerMounts(mounts: readonly Pick<Mount, 'target' | 'access'>[]): readonly string[] {
  return mounts.flatMap(({ target, access }, index) => [
    access === 'read' ? '--ro-bind-fd' : '--bind-fd',
    String(FIRST_MOUNT_FD + index),
    target,
  ]);
}
