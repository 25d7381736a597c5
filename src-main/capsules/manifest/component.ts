import { noCapabilities, type Capabilities } from '../../policy/capabilities.ts';
import { capsuleError } from '../errors.ts';
import { readCapabilities, type LegacyTopics } from './capabilities.ts';
import { innerPath } from './path.ts';
import type { ManifestTable } from './table.ts';

/** The code of a capsule. */
export interface ComponentRef {
  /** Inside the capsule, with `/` between names. */
  readonly file: string;
  /** BLAKE3 that the manifest declares, 64 lower-case hex digits; the installer compares it. */
  readonly hash: string | null;
}

export interface Components {
  readonly component: ComponentRef | null;
  readonly capabilities: Capabilities;
  readonly legacy: LegacyTopics | undefined;
  /** The older name `entrypoint` stood where `file` stands now. */
  readonly usedAlias: boolean;
}

const HASH = /^(?:blake3:)?([0-9a-f]{64})$/i;

/** Reads `[[component]]`. As in the reference only the first one is loaded; capabilities of others are not asked for. */
export function readComponents(root: ManifestTable): Components {
  const tables = root.tables('component');
  const read = tables.map(readComponent);
  if (tables.length > 1) {
    root.warn(() => `There are ${tables.length} [[component]] tables; only the first one is loaded.`);
  }
  return read[0] ?? { component: null, capabilities: noCapabilities, legacy: undefined, usedAlias: false };
}

function readComponent(table: ManifestTable): Components {
  const usedAlias = table.has('entrypoint') && !table.has('file');
  const key = usedAlias ? 'entrypoint' : 'file';
  const file = innerPath(table, key, table.requiredString(key));
  const hash = readHash(table);
  table.string('id');
  if (table.string('type') !== undefined) {
    table.warn(() => `${table.at('type')} has no effect.`);
  }
  if (table.strings('link').length > 0) {
    table.warn(() => `${table.at('link')} has no effect: components are not linked to each other.`);
  }
  const asked = table.table('capabilities');
  const own = asked === undefined ? undefined : readCapabilities(asked);
  table.finish();
  return {
    component: { file, hash },
    capabilities: own?.capabilities ?? noCapabilities,
    legacy: own?.legacy,
    usedAlias,
  };
}

function readHash(table: ManifestTable): string | null {
  const text = table.string('hash');
  if (text === undefined) {
    return null;
  }
  const hex = HASH.exec(text)?.[1];
  if (hex === undefined) {
    throw capsuleError(
      'manifest-wrong-type',
      `${table.at('hash')} is not a BLAKE3 hash.`,
      'Use 64 hexadecimal digits, with or without the prefix "blake3:", or remove the key.',
    );
  }
  return hex.toLowerCase();
}
