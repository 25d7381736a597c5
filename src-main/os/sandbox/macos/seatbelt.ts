import type { SandboxSpec } from '../spec/spec.ts';
import { checkSeatbeltSpec } from './check.ts';
import {
  SEATBELT_HIDDEN_FOLDERS,
  SEATBELT_NETWORK_FILES,
  SEATBELT_NETWORK_SERVICES,
  SEATBELT_RESOLVER_SOCKET,
  SEATBELT_SERVICES,
  SEATBELT_SYSCTL_PREFIXES,
  SEATBELT_SYSCTLS,
  SEATBELT_SYSTEM_FILES,
  SEATBELT_SYSTEM_FOLDERS,
  SEATBELT_WAYPOINTS,
} from './lists.ts';

/** What the starter made for this one program. */
export interface SeatbeltTools {
  /** An empty folder of mode 0700 that only this program gets, in place of the `/tmp` that all programs share. */
  readonly temporary: string;
}

export interface SeatbeltArguments {
  /** The arguments of `/usr/bin/sandbox-exec`. */
  readonly argv: readonly string[];
  /** The whole environment, with `TMPDIR` set. To be given to sandbox-exec, which hands it on. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The sandbox of macOS for `spec`, with the meaning of `bubblewrapArguments`: nothing but what is named. The last rule
 * that matches decides, so the order is: the system, what is hidden, what the caller opens (outer folders first), what
 * must not be changed. All paths must be real ones (the kernel compares them after following links, so `/tmp/x` opens
 * nothing); they travel as parameters, so that no text of a path is ever read as a rule.
 *
 * Less than on Linux: nothing here ends with the application (no `--die-with-parent`), so the starter has to end the
 * group; unix sockets are shut also within the sandbox; there is no place of an injected file but its own, and no
 * tool that sets limits. Throws `OsError` `invalid-spawn` for the last two, and for a path that must not be opened.
 */
export function seatbeltArguments(spec: SandboxSpec, { temporary }: SeatbeltTools): SeatbeltArguments {
  checkSeatbeltSpec(spec, temporary);
  const parameters = new Parameters();
  const profile = [
    '(version 1)',
    '(deny default)',
    ...systemRules(),
    ...(spec.network ? networkRules() : []),
    ...wayRules(spec, temporary, parameters),
    ...grantRules(spec, temporary, parameters),
    ...injectionRules(spec, parameters),
    ...pinRules(spec, parameters),
  ].join('\n');
  return {
    argv: ['-p', profile, ...parameters.options(), ...spec.command],
    environment: { ...spec.env, TMPDIR: temporary },
  };
}

/** Paths on their way into a profile: the profile gets a name, the command line the path. */
class Parameters {
  readonly #names = new Map<string, string>();

  /** `(subpath (param "P0"))` and the like. */
  filter(kind: 'subpath' | 'literal', path: string): string {
    const name = this.#names.get(path) ?? `P${String(this.#names.size)}`;
    this.#names.set(path, name);
    return `(${kind} (param "${name}"))`;
  }

  options(): readonly string[] {
    return [...this.#names].flatMap(([path, name]) => ['-D', `${name}=${path}`]);
  }
}

const READ = 'file-read* file-map-executable process-exec';

function systemRules(): readonly string[] {
  return [
    '(allow process-fork)',
    // Its own descendants, which carry the same sandbox; nothing of the host.
    '(allow signal (target same-sandbox))',
    '(allow process-info* (target self))',
    rule('allow sysctl-read', [
      ...quoted('sysctl-name-prefix', SEATBELT_SYSCTL_PREFIXES),
      ...quoted('sysctl-name', SEATBELT_SYSCTLS),
    ]),
    rule('allow mach-lookup', quoted('global-name', SEATBELT_SERVICES)),
    rule(`allow ${READ}`, quoted('subpath', SEATBELT_SYSTEM_FOLDERS)),
    rule('allow file-read*', quoted('literal', SEATBELT_SYSTEM_FILES)),
    rule('allow file-read-metadata', quoted('literal', SEATBELT_WAYPOINTS)),
    '(allow file-write-data (literal "/dev/null"))',
    rule(`deny ${READ} file-write*`, quoted('subpath', SEATBELT_HIDDEN_FOLDERS)),
  ];
}

/** Internet sockets and what it takes to resolve a name; still no unix socket but the resolver's. */
function networkRules(): readonly string[] {
  return [
    `(allow network-outbound (remote ip "*:*") (literal "${SEATBELT_RESOLVER_SOCKET}"))`,
    '(allow network-bind network-inbound (local ip "*:*"))',
    rule('allow file-read*', quoted('literal', SEATBELT_NETWORK_FILES)),
    rule('allow mach-lookup', quoted('global-name', SEATBELT_NETWORK_SERVICES)),
  ];
}

/** Names and kinds of the folders on the way, without which no path can be resolved; not their contents. */
function wayRules(spec: SandboxSpec, temporary: string, parameters: Parameters): readonly string[] {
  const { workspace, readOnly = [], writable = [], injections = [] } = spec;
  const opened = [workspace, temporary, ...readOnly, ...writable, ...injections.map(({ source }) => source)];
  const way = [...new Set(opened.flatMap(ancestors))];
  return literals('allow file-read-metadata', way, parameters);
}

/** Outer folders first, as with bubblewrap: an inner one decides over an outer one whatever its kind. */
function grantRules(spec: SandboxSpec, temporary: string, parameters: Parameters): readonly string[] {
  const grants = [
    ...(spec.readOnly ?? []).map((path) => ({ path, write: 'deny' })),
    ...[...(spec.writable ?? []), spec.workspace, temporary].map((path) => ({ path, write: 'allow' })),
  ];
  return grants
    .toSorted((a, b) => ancestors(a.path).length - ancestors(b.path).length)
    .flatMap(({ path, write }) => {
      const folder = parameters.filter('subpath', path);
      return [rule(`allow ${READ}`, [folder]), rule(`${write} file-write*`, [folder])];
    });
}

function injectionRules({ injections = [] }: SandboxSpec, parameters: Parameters): readonly string[] {
  const sources = injections.map(({ source }) => source);
  return [
    ...literals('allow file-read*', sources, parameters),
    ...literals('deny file-write*', sources, parameters),
  ];
}

/**
 * Folders around something read-only cannot be renamed or removed: under another name its rule would not find it. A mount
 * holds its place by itself; a rule does not.
 */
function pinRules(
  { readOnly = [], injections = [] }: SandboxSpec,
  parameters: Parameters,
): readonly string[] {
  const fixed = [...readOnly, ...injections.map(({ source }) => source)];
  return literals('deny file-write-unlink', [...new Set(fixed.flatMap(ancestors))], parameters);
}

/** The folders above `path`, from the top, without `/`, which every program may read. */
function ancestors(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

function literals(action: string, paths: readonly string[], parameters: Parameters): readonly string[] {
  const filters = paths.map((path) => parameters.filter('literal', path));
  return filters.length === 0 ? [] : [rule(action, filters)];
}

/** Never called without filters: such a rule would mean everything. */
function rule(action: string, filters: readonly string[]): string {
  return `(${action} ${filters.join(' ')})`;
}

function quoted(kind: string, values: readonly string[]): readonly string[] {
  return values.map((value) => `(${kind} "${value}")`);
}
