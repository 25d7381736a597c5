import { capabilityNames, type Capabilities } from '../../policy/capabilities.ts';
import { capsuleError } from '../errors.ts';
import {
  MAX_CAPABILITY_CHARACTERS,
  MAX_CAPABILITY_ENTRIES,
  MAX_CAPABILITY_ENTRY,
  MAX_MANIFEST_ENTRIES,
} from '../limits.ts';
import { requireAtMost } from './bounds.ts';
import type { ManifestTable } from './table.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** The two keys of the older generation, whose patterns now stand in `[publish]` and `[subscribe]`. */
export interface LegacyTopics {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

const IDENTITY_LEVELS = ['resolve', 'link', 'admin'];

/** Reads `[capabilities]`, at the root or in a component; both keys of the older generation included. */
export function readCapabilities(table: ManifestTable): { capabilities: Capabilities; legacy: LegacyTopics } {
  const capabilities: Capabilities = {
    allow_persistent: table.flag('allow_persistent') ?? false,
    allow_prompt_injection: table.flag('allow_prompt_injection') ?? false,
    fs_read: paths(table, 'fs_read'),
    fs_write: paths(table, 'fs_write'),
    host_process: entries(table, 'host_process'),
    identity: entries(table, 'identity'),
    kv: entries(table, 'kv'),
    // Host names have no case; the gate compares with the lower-case host of a URL.
    net: entries(table, 'net').map((host) => host.toLowerCase()),
    net_bind: entries(table, 'net_bind'),
    net_connect: entries(table, 'net_connect'),
    uplink: table.flag('uplink') ?? false,
    bind_workers: table.count('bind_workers', Number.MAX_SAFE_INTEGER) ?? null,
  };
  const legacy = { publish: topics(table, 'ipc_publish'), subscribe: topics(table, 'ipc_subscribe') };
  warnOfDeadEntries(table, capabilities);
  table.finish();
  return { capabilities, legacy };
}

/** The reference's union: lists joined, flags or-ed, the component's `bind_workers` wins. Doubles are dropped. */
export function mergeCapabilities(root: Capabilities, component: Capabilities): Capabilities {
  const joined = (a: readonly string[], b: readonly string[]): readonly string[] => [
    ...new Set([...a, ...b]),
  ];
  return {
    allow_persistent: root.allow_persistent || component.allow_persistent,
    allow_prompt_injection: root.allow_prompt_injection || component.allow_prompt_injection,
    fs_read: joined(root.fs_read, component.fs_read),
    fs_write: joined(root.fs_write, component.fs_write),
    host_process: joined(root.host_process, component.host_process),
    identity: joined(root.identity, component.identity),
    kv: joined(root.kv, component.kv),
    net: joined(root.net, component.net),
    net_bind: joined(root.net_bind, component.net_bind),
    net_connect: joined(root.net_connect, component.net_connect),
    uplink: root.uplink || component.uplink,
    bind_workers: component.bind_workers ?? root.bind_workers,
  };
}

/**
 * A person decides about what is asked for and sees all of it, so it must be possible to read.
 *
 * @throws TypedError `manifest-too-large`
 */
export function requireReadable(capabilities: Capabilities): void {
  for (const name of capabilityNames) {
    const value = capabilities[name];
    if (typeof value !== 'boolean') {
      const where = quoted(`capabilities.${name}`);
      requireAtMost(where, value.length, MAX_CAPABILITY_ENTRIES);
      const longest = Math.max(0, ...value.map((entry) => entry.length));
      requireAtMost(`An entry of ${where}`, longest, MAX_CAPABILITY_ENTRY, 'characters');
      requireAtMost(where, value.join('').length, MAX_CAPABILITY_CHARACTERS, 'characters');
    }
  }
}

function topics(table: ManifestTable, key: string): readonly string[] {
  const values = table.strings(key);
  requireAtMost(table.at(key), values.length, MAX_MANIFEST_ENTRIES);
  return values;
}

function entries(table: ManifestTable, key: string): readonly string[] {
  const values = table.strings(key);
  if (values.includes('')) {
    table.warn(() => `${table.at(key)} has an empty entry, which has no effect.`);
  }
  return values.filter((value) => value !== '');
}

/**
 * Entries of `fs_read` and `fs_write`: `*`, `cwd://…`, `home://…` or an absolute path.
 * The reference joins `cwd:///etc` to `/etc`; a manifest that says so is refused here instead.
 */
function paths(table: ManifestTable, key: string): readonly string[] {
  const values = entries(table, key);
  for (const value of values) {
    const scheme = /^(cwd|home):\/\//.exec(value)?.[0];
    const rest = scheme === undefined ? value : value.slice(scheme.length);
    if (
      rest.split('/').includes('..') ||
      rest.includes('\0') ||
      (scheme !== undefined && rest.startsWith('/'))
    ) {
      throw capsuleError(
        'manifest-bad-path',
        `${table.at(key)} has the entry ${quoted(value)}, which leads outside its base folder.`,
        'Use cwd://name or home://name without a third "/" and without "..", or an absolute path such as /srv/data.',
      );
    }
    if (scheme === undefined && value !== '*' && !value.startsWith('/')) {
      table.warn(
        () =>
          `${table.at(key)} has the entry ${quoted(value)}, which matches nothing. Did you mean ${quoted(`cwd://${value}`)}?`,
      );
    }
  }
  return values;
}

function warnOfDeadEntries(table: ManifestTable, capabilities: Capabilities): void {
  if (capabilities.host_process.includes('*')) {
    table.warn(
      () =>
        `${table.at('host_process')} has the entry "*", which is taken as a program name, not as a wildcard.`,
    );
  }
  for (const command of capabilities.host_process.filter((entry) => /\s/.test(entry))) {
    table.warn(
      () =>
        `${table.at('host_process')} has the entry ${quoted(command)}. Only the program name is compared, never its arguments.`,
    );
  }
  for (const host of capabilities.net.filter((entry) => entry.includes('/'))) {
    table.warn(
      () =>
        `${table.at('net')} has the entry ${quoted(host)}, which matches nothing. Use the host name only.`,
    );
  }
  for (const level of capabilities.identity.filter((entry) => !IDENTITY_LEVELS.includes(entry))) {
    table.warn(
      () =>
        `${table.at('identity')} has the entry ${quoted(level)}, which has no effect. Known values: ${IDENTITY_LEVELS.join(', ')}.`,
    );
  }
}
