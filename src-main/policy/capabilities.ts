import type { Grants } from '../contract/kernel.ts';

/**
 * The rights a manifest may ask for, by their names in `[capabilities]`. Lists are empty and flags are
 * false when a right is not held.
 */
export interface Capabilities {
  readonly allow_persistent: boolean;
  readonly allow_prompt_injection: boolean;
  readonly fs_read: readonly string[];
  readonly fs_write: readonly string[];
  readonly host_process: readonly string[];
  readonly identity: readonly string[];
  readonly kv: readonly string[];
  readonly net: readonly string[];
  readonly net_bind: readonly string[];
  readonly net_connect: readonly string[];
  readonly uplink: boolean;
  /** How many connections a `net_bind` capsule asks to serve at a time; a size of that right, not a right. */
  readonly bind_workers: number | null;
}

export type CapabilityName = Exclude<keyof Capabilities, 'bind_workers'>;

/** The eleven names in byte order, the order in which the contract lists held capabilities. */
export const capabilityNames: readonly CapabilityName[] = [
  'allow_persistent',
  'allow_prompt_injection',
  'fs_read',
  'fs_write',
  'host_process',
  'identity',
  'kv',
  'net',
  'net_bind',
  'net_connect',
  'uplink',
];

export const noCapabilities: Capabilities = {
  allow_persistent: false,
  allow_prompt_injection: false,
  fs_read: [],
  fs_write: [],
  host_process: [],
  identity: [],
  kv: [],
  net: [],
  net_bind: [],
  net_connect: [],
  uplink: false,
  bind_workers: null,
};

/** The names that are held (flag set, or list not empty), in byte order. */
export function heldNames(capabilities: Capabilities): readonly CapabilityName[] {
  return capabilityNames.filter((name) => isHeld(capabilities, name));
}

export function isHeld(capabilities: Capabilities, name: CapabilityName): boolean {
  const value = capabilities[name];
  return typeof value === 'boolean' ? value : value.length > 0;
}

/**
 * What a capsule may really do: asked ∩ granted. A grant of something that was not asked for gives
 * nothing, and a name that no version of us knows is ignored.
 */
export function intersect(asked: Capabilities, grants: Grants): Capabilities {
  if (grants === 'all') {
    return asked;
  }
  const granted = new Set(grants);
  const flag = (name: 'allow_persistent' | 'allow_prompt_injection' | 'uplink'): boolean =>
    granted.has(name) && asked[name];
  const list = (name: Exclude<CapabilityName, 'allow_persistent' | 'allow_prompt_injection' | 'uplink'>) =>
    granted.has(name) ? asked[name] : [];
  return {
    allow_persistent: flag('allow_persistent'),
    allow_prompt_injection: flag('allow_prompt_injection'),
    fs_read: list('fs_read'),
    fs_write: list('fs_write'),
    host_process: list('host_process'),
    identity: list('identity'),
    kv: list('kv'),
    net: list('net'),
    net_bind: list('net_bind'),
    net_connect: list('net_connect'),
    uplink: flag('uplink'),
    bind_workers: granted.has('net_bind') ? asked.bind_workers : null,
  };
}

/**
 * Whether `command` (argv[0] as the guest spelt it) may be started: only the very string of an entry. There
 * are no wildcards, no paths are resolved and arguments are never looked at: `git` allows neither
 * `/usr/bin/git` nor `gitk`.
 *
 * The reference also takes an entry followed by a space and anything. That is left out: `git /../bin/sh`
 * begins so, and whoever tidied up that path would start a shell.
 */
export function allowsCommand(capabilities: Capabilities, command: string): boolean {
  return command !== '' && capabilities.host_process.includes(command);
}

/** Whether a capability of this name is held, whoever spelt it; false for a name that there is not. */
export function holdsNamed(capabilities: Capabilities, text: string): boolean {
  const name = capabilityNames.find((known) => known === text);
  return name !== undefined && isHeld(capabilities, name);
}

/** Whether programs get the machine's network: any of the rights to it opens all of it, as what they are granted says. */
export function opensNetwork(capabilities: Capabilities): boolean {
  return (['net', 'net_connect', 'net_bind'] as const).some((name) => isHeld(capabilities, name));
}
