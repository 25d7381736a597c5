import type { Grants } from '../../contract/kernel.ts';
import type { CapabilityPlace, CapabilityView, RiskTier } from '../../contract/views.ts';
import { heldNames, type Capabilities, type CapabilityName } from '../../policy/capabilities.ts';
import { pinnedPath, type ResolvedEntry } from '../../policy/resolved-entry.ts';
import { boundedNames } from './bounded-names.ts';
import { startsAnyProgram } from './capability-programs.ts';
import { escapeControlChars } from './escape-control-chars.ts';

interface Words {
  readonly risk: RiskTier;
  readonly sentence: string;
}

/** Names in one sentence: more are not read. */
const MAX_IN_SENTENCE = 12;

const WEIGHT: { readonly [Tier in RiskTier]: number } = { low: 0, medium: 1, high: 2 };

/**
 * The capabilities that a manifest requests, described in plain English, the riskiest first, then by name. Values are
 * untrusted text: characters that could hide or reorder a sentence are escaped.
 */
export function capabilityViews(
  asked: Capabilities,
  grants: Grants,
  resolved: readonly ResolvedEntry[],
): CapabilityView[] {
  const views = heldNames(asked).map((name) => {
    const value = asked[name];
    const granted = grants === 'all' || grants.includes(name);
    const values = typeof value === 'boolean' ? [] : value.map(escapeControlChars);
    const places = typeof value === 'boolean' ? [] : placesOf(name, value, resolved);
    return { name, values, places, ...words[name](asked, resolved), granted };
  });
  // The sort is stable, and the names come in byte order.
  return views.sort((a, b) => WEIGHT[b.risk] - WEIGHT[a.risk]);
}

const words: {
  readonly [Name in CapabilityName]: (asked: Capabilities, resolved: readonly ResolvedEntry[]) => Words;
} = {
  allow_persistent: () => ({
    risk: 'medium',
    sentence:
      'Its processes can keep running after the call that started them, until they exit or are stopped.',
  }),
  allow_prompt_injection: () => ({
    risk: 'high',
    sentence: 'Can change the instructions given to a language model.',
  }),
  fs_read: (asked) => files('read', asked.fs_read),
  fs_write: (asked) => files('change and delete', asked.fs_write),
  host_process: (asked, resolved) => processes(asked.host_process, resolved),
  identity: (asked) => identity(asked.identity),
  kv: () => ({ risk: 'low', sentence: 'Can store its own data between calls.' }),
  net: (asked) =>
    network(asked, asked.net.includes('*'), {
      risk: 'medium',
      sentence: `Can exchange data over HTTP with ${list(asked.net)}, including subdomains.`,
    }),
  net_bind: (asked) =>
    network(asked, false, {
      risk: 'medium',
      sentence: `Can accept connections on ${list(asked.net_bind)}${workers(asked.bind_workers)}.`,
    }),
  net_connect: (asked) =>
    network(asked, asked.net_connect.some(anyHost), {
      risk: 'medium',
      sentence: `Can open network connections to ${list(asked.net_connect)}.`,
    }),
  uplink: () => ({
    risk: 'high',
    sentence: 'Runs all the time and can publish messages on behalf of the people connected to it.',
  }),
};

/** Entries that name something of this machine, with what it is; those of the workspace and home have no place. */
function placesOf(
  name: CapabilityName,
  values: readonly string[],
  resolved: readonly ResolvedEntry[],
): readonly CapabilityPlace[] {
  const kind = name === 'host_process' ? 'program' : 'folder';
  const named = kind === 'program' || name === 'fs_read' || name === 'fs_write' ? values : [];
  return named.flatMap((value) => {
    const found = resolved.find((each) => each.kind === kind && each.asked === value);
    if (found === undefined && kind === 'folder') {
      return [];
    }
    const { real, note } = found ?? { real: null, note: 'not resolved yet; fixed at first use' };
    return [
      {
        value: escapeControlChars(value),
        path: real === null ? null : escapeControlChars(real),
        note: escapeControlChars(note),
      },
    ];
  });
}

/** Programs get the machine's network whole or not at all: what a right names is less than what it opens to them. */
function network(asked: Capabilities, asksForAll: boolean, named: Words): Words {
  if (asked.host_process.length > 0) {
    return {
      risk: 'high',
      sentence: `Opens the whole network to its programs${asksForAll ? '' : ', not only what is named here'}: any address, this computer’s own services among them.`,
    };
  }
  return asksForAll ? { risk: 'high', sentence: 'Can exchange data with any address.' } : named;
}

function anyHost(entry: string): boolean {
  return entry.startsWith('*');
}

function processes(commands: readonly string[], resolved: readonly ResolvedEntry[]): Words {
  // By what it really is, too: `editor` may be a link to an editor that runs commands.
  const startsAny = (command: string): boolean =>
    startsAnyProgram(command) || startsAnyProgram(pinnedPath(resolved, 'program', command) ?? '');
  const any = commands.filter(startsAny);
  const others = commands.filter((command) => !startsAny(command));
  if (any.length === 0) {
    return { risk: 'medium', sentence: `Can run ${list(others)} with any arguments, inside the sandbox.` };
  }
  return {
    risk: 'high',
    sentence: `Can run any program that ${list(any, 'or')} can run, inside the sandbox.`,
  };
}

function files(verb: string, entries: readonly string[]): Words {
  const places = entries.map(place);
  const outside = entries.some((entry) => entry.startsWith('/'));
  const risk = outside ? 'high' : verb === 'read' && entries.every(inWorkspace) ? 'low' : 'medium';
  return { risk, sentence: `Can ${verb} ${list([...new Set(places)])}.` };
}

function place(entry: string): string {
  if (entry === '*' || entry === 'cwd://') {
    return 'every file of its workspace';
  }
  if (entry === 'home://') {
    return 'every file of its home folder';
  }
  if (entry === '/') {
    return 'every file of this computer';
  }
  const [, scheme, path = ''] = /^(cwd|home):\/\/(.*)$/s.exec(entry) ?? [];
  if (scheme === undefined) {
    return entry;
  }
  return `${path} in its ${scheme === 'cwd' ? 'workspace' : 'home folder'}`;
}

function inWorkspace(entry: string): boolean {
  return entry === '*' || entry.startsWith('cwd://');
}

function identity(levels: readonly string[]): Words {
  // Each level holds the ones before it.
  if (levels.includes('admin')) {
    return { risk: 'high', sentence: 'Can create identities and link accounts to them.' };
  }
  return levels.includes('link')
    ? { risk: 'medium', sentence: 'Can look up identities and link accounts to them.' }
    : { risk: 'low', sentence: 'Can look up identities.' };
}

function workers(count: number | null): string {
  return count === null ? '' : `, ${count} at a time`;
}

function list(values: readonly string[], word: 'and' | 'or' = 'and'): string {
  // All of them stand beside the sentence.
  const shown = boundedNames(values.map(escapeControlChars), MAX_IN_SENTENCE);
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} ${word} ${last}`;
}
