import { noCapabilities, type Capabilities } from '../../policy/capabilities.ts';
import { capsuleError } from '../errors.ts';
import { MAX_MANIFEST_BYTES } from '../limits.ts';
import { mergeCapabilities, readCapabilities, requireReadable } from './capabilities.ts';
import { readComponents, type ComponentRef } from './component.ts';
import { readExports, readImports, type ExportContract, type ImportContract } from './contracts.ts';
import { readEnv, type EnvEntry } from './env.ts';
import { readLegacy } from './legacy.ts';
import { readPackage } from './package.ts';
import { ManifestTable } from './table.ts';
import { readToml } from './toml.ts';
import { readPublish, readSubscribe, type TopicAction } from './topics.ts';
import { checkUnusedTables } from './unused.ts';
import { Warnings } from './warnings.ts';

/** What a `Capsule.toml` of either generation says, in one shape. */
export interface Manifest {
  readonly id: string;
  readonly version: string;
  /** Empty when the manifest has none. */
  readonly description: string;
  /** Null for a capsule without code (only MCP servers, say), which this runtime cannot run. */
  readonly component: ComponentRef | null;
  /** Asked for, at the root and by the component together. */
  readonly capabilities: Capabilities;
  /** Topics bound to actions, in the manifest's order. */
  readonly actions: readonly TopicAction[];
  /** Topics and patterns that the capsule may publish to and subscribe to; none means no permission. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  readonly env: readonly EnvEntry[];
  readonly imports: readonly ImportContract[];
  readonly exports: readonly ExportContract[];
  /** `older` uses only the keys of before `[publish]`/`[subscribe]`; `mixed` uses both. */
  readonly generation: 'current' | 'older' | 'mixed';
  /** Sentences about what was read but has no effect, and about what was not understood. */
  readonly warnings: readonly string[];
}

const CURRENT_KEYS = ['publish', 'subscribe', 'imports', 'exports'];

/**
 * Reads the bytes of a `Capsule.toml`. Refuses whatever the reference refuses; what the reference
 * ignores in silence becomes a warning.
 *
 * @throws TypedError with a `manifest-…` code.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  const warnings = new Warnings();
  const root = new ManifestTable(readToml(decode(bytes)), '', warnings);
  const { id, version, description } = readPackage(root);
  const components = readComponents(root);
  const asked = root.table('capabilities');
  const own = asked === undefined ? undefined : readCapabilities(asked);
  const legacy = readLegacy(root, [own?.legacy, components.legacy]);
  const publish = root.table('publish');
  const subscribe = root.table('subscribe');
  const topics = subscribe === undefined ? { patterns: [], actions: [] } : readSubscribe(subscribe);
  const imports = root.table('imports');
  const exports = root.table('exports');
  const env = root.table('env');
  checkUnusedTables(root);

  const capabilities = mergeCapabilities(own?.capabilities ?? noCapabilities, components.capabilities);
  requireReadable(capabilities);

  const manifest: Manifest = {
    id,
    version,
    description,
    component: components.component,
    capabilities,
    actions: withoutDoubles([...topics.actions, ...legacy.actions]),
    publish: unique([...(publish === undefined ? [] : readPublish(publish)), ...legacy.publish]),
    subscribe: unique([...topics.patterns, ...legacy.subscribe]),
    env: env === undefined ? [] : readEnv(env),
    imports: imports === undefined ? [] : readImports(imports),
    exports: exports === undefined ? [] : readExports(exports),
    generation: generation(root, legacy.used || components.usedAlias),
    warnings: [],
  };
  root.finish();
  if (manifest.capabilities.uplink && manifest.imports.length > 0) {
    throw capsuleError(
      'manifest-uplink-with-imports',
      'An uplink cannot import interfaces of other capsules, because uplinks start first.',
      'Remove [imports], or the capability "uplink".',
    );
  }
  return { ...manifest, warnings: warnings.list() };
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw capsuleError(
      'manifest-too-large',
      `Capsule.toml is too large: ${bytes.length} bytes (limit: ${MAX_MANIFEST_BYTES}).`,
      'Move long texts to separate files.',
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw capsuleError('manifest-not-utf8', 'Capsule.toml is not UTF-8 text.', 'Save it as UTF-8.', cause);
  }
}

function generation(root: ManifestTable, older: boolean): Manifest['generation'] {
  if (!older) {
    return 'current';
  }
  return CURRENT_KEYS.some((key) => root.has(key)) ? 'mixed' : 'older';
}

/** A topic that is bound twice to one action (both generations side by side) runs it once; the newer key wins. */
function withoutDoubles(actions: readonly TopicAction[]): readonly TopicAction[] {
  const seen = new Map<string, TopicAction>();
  for (const action of actions) {
    const key = JSON.stringify([action.topic, action.action]);
    if (!seen.has(key)) {
      seen.set(key, action);
    }
  }
  return [...seen.values()];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
