import { capsuleError } from '../errors.ts';
import { isVersion, npmRange } from './semver.ts';
import type { ManifestTable } from './table.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** What a capsule needs of other capsules: for order and readiness, not for linking. */
export interface ImportContract {
  readonly namespace: string;
  readonly interface: string;
  /** A version requirement in Rust's spelling (`1.2` means `^1.2`). */
  readonly requirement: string;
  readonly optional: boolean;
}

export interface ExportContract {
  readonly namespace: string;
  readonly interface: string;
  readonly version: string;
}

const NAME = /^[a-z][a-z0-9-]*$/;

interface Place {
  readonly namespace: string;
  readonly interface: string;
  readonly table: ManifestTable;
  readonly key: string;
}

export function readImports(table: ManifestTable): readonly ImportContract[] {
  return places(table).map((place) => {
    const value = place.table.tableOrString(place.key);
    const requirement = typeof value === 'string' ? value : value.requiredString('version');
    const optional = typeof value === 'string' ? false : (value.flag('optional') ?? false);
    if (typeof value !== 'string') {
      value.finish();
    }
    if (npmRange(requirement) === undefined) {
      throw bad(
        place,
        `the invalid version requirement ${quoted(requirement)}`,
        'Use "1.2", "^1.2", ">=1.2, <2" or "*".',
      );
    }
    return { namespace: place.namespace, interface: place.interface, requirement, optional };
  });
}

export function readExports(table: ManifestTable): readonly ExportContract[] {
  return places(table).map((place) => {
    const value = place.table.tableOrString(place.key);
    const version = typeof value === 'string' ? value : value.requiredString('version');
    if (typeof value !== 'string') {
      value.finish();
    }
    if (!isVersion(version)) {
      throw bad(
        place,
        `the invalid version ${quoted(version)}`,
        'Exports need one exact version, such as "1.2.0".',
      );
    }
    return { namespace: place.namespace, interface: place.interface, version };
  });
}

/** Both shapes, in the manifest's order: `"ns:iface" = …` and `[imports.ns] iface = …`. */
function places(table: ManifestTable): readonly Place[] {
  const found = new Map<string, Place>();
  const add = (place: Place): void => {
    if (!NAME.test(place.namespace) || !NAME.test(place.interface)) {
      throw bad(
        place,
        'an invalid name',
        'Names consist of lower-case letters, digits and "-", and start with a letter.',
      );
    }
    const name = `${place.namespace}:${place.interface}`;
    if (found.has(name)) {
      throw bad(place, 'a second entry for the same interface', 'Remove one of the two.');
    }
    found.set(name, place);
  };
  for (const key of table.keys) {
    const colon = key.indexOf(':');
    if (colon >= 0) {
      add({ namespace: key.slice(0, colon), interface: key.slice(colon + 1), table, key });
      continue;
    }
    const value = table.value(key);
    if (typeof value === 'string') {
      throw bad(
        { table, key },
        'no interface',
        'Use "namespace:interface" = "1.0", or one table per namespace.',
      );
    }
    const inner = table.table(key);
    for (const name of inner?.keys ?? []) {
      add({ namespace: key, interface: name, table: inner ?? table, key: name });
    }
  }
  return [...found.values()];
}

function bad(place: Pick<Place, 'table' | 'key'>, what: string, hint: string): Error {
  return capsuleError('manifest-bad-contract', `${place.table.at(place.key)} has ${what}.`, hint);
}
