import { intersect, type Capabilities } from '../../policy/capabilities.ts';
import { configText } from '../manifest/config-value.ts';
import { sourceUuid } from '../component/hash.ts';
import type { Library } from './library.ts';

/** Effective rights of the installed capsule with this source uuid. */
export function rightsOf(library: Library, uuid: string): Capabilities | undefined {
  const found = library.list().find(({ manifest, record }) => sourceUuid(manifest.id, record.hash) === uuid);
  return found === undefined ? undefined : intersect(found.manifest.capabilities, found.record.grants);
}

/** A plain entry of `[env]`: its default as text. Secrets have no default, and nothing else is stored yet. */
export function configOf(library: Library, id: string, key: string): string | undefined {
  const entry = library.find(id)?.manifest.env.find((each) => each.key === key);
  if (entry === undefined || entry.type === 'secret' || entry.default === null) {
    return undefined;
  }
  return configText(entry.default);
}
