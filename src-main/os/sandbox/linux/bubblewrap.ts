import { PRIVATE_TMPFS_BYTES, SHARED_MEMORY } from '../../limits.ts';
import { checkSandboxSpec } from '../spec/check.ts';
import type { SandboxSpec } from '../spec/spec.ts';
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
 * what the caller opens (so that a workspace under `/tmp` is not covered), injections, and last the root made
 * read-only. Throws `OsError` `invalid-spawn` for a path or argument that must not reach the sandbox.
 */
export function bubblewrapArguments(spec: SandboxSpec, tools: SandboxTools): BubblewrapArguments {
  checkSandboxSpec(spec);
  const argv = [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--clearenv',
    // As root bubblewrap would leave the program its capabilities, enough to unmount parts of its own view.
    '--cap-drop',
    'ALL',
    ...(spec.network ? ['--share-net'] : []),
    ...systemMounts(spec, tools),
    ...callerMounts(spec),
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

function systemMounts(spec: SandboxSpec, { view, tmpfsSize }: SandboxTools): readonly string[] {
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

/** Outer folders first, so that an inner one is laid over them whatever its kind. */
function callerMounts(spec: SandboxSpec): readonly string[] {
  const mounts = [
    ...(spec.readOnly ?? []).map((path) => ({ path, flag: '--ro-bind' })),
    ...(spec.writable ?? []).map((path) => ({ path, flag: '--bind' })),
    { path: spec.workspace, flag: '--bind' },
  ];
  const depth = (path: string): number => path.split('/').filter((part) => part !== '').length;
  return [
    ...mounts
      .toSorted((a, b) => depth(a.path) - depth(b.path))
      .flatMap(({ path, flag }) => [flag, path, path]),
    ...(spec.injections ?? []).flatMap(({ source, target }) => ['--ro-bind', source, target]),
  ];
}
