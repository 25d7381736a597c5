import { MAX_MANIFEST_KEY } from '../limits.ts';
import { requireAtMost } from './bounds.ts';
import { configValue, type ConfigValue } from './config-value.ts';
import type { ManifestTable } from './table.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** A setting that a capsule wants to be asked for. */
export interface EnvEntry {
  readonly key: string;
  /** Free text; known are `text`, `secret`, `select` and `array`. */
  readonly type: string;
  /** The question to the person. */
  readonly request: string | null;
  readonly description: string | null;
  readonly default: ConfigValue | null;
  readonly choices: readonly string[];
  readonly placeholder: string | null;
}

const KNOWN_TYPES = ['text', 'secret', 'select', 'array'];

/** Reads `[env.<KEY>]`, in the manifest's order. */
export function readEnv(table: ManifestTable): readonly EnvEntry[] {
  return table.keys.flatMap((key) => {
    const entry = table.table(key);
    return entry === undefined ? [] : [readEntry(key, entry)];
  });
}

function readEntry(key: string, table: ManifestTable): EnvEntry {
  requireAtMost('A setting’s name', key.length, MAX_MANIFEST_KEY, 'characters');
  const type = table.requiredString('type');
  if (!KNOWN_TYPES.includes(type)) {
    table.warn(
      () =>
        `${table.at('type')} has the unknown value ${quoted(type)}, which is treated as text. Known values: ${KNOWN_TYPES.join(', ')}.`,
    );
  }
  const options = table.table('options_from') ?? table.table('options-from');
  if (options !== undefined) {
    options.string('http');
    options.string('bearer');
    options.string('select');
    options.strings('after');
    options.finish();
    table.warn(
      () => `${table.at('options_from')} is not supported: choices are not fetched from the network.`,
    );
  }
  const fallback = table.value('default');
  const entry: EnvEntry = {
    key,
    type,
    request: table.string('request') ?? null,
    description: table.string('description') ?? null,
    default: fallback === undefined ? null : configValue(fallback, table.keyPath('default')),
    choices: table.strings('enum_values'),
    placeholder: table.string('placeholder') ?? null,
  };
  table.finish();
  return entry;
}
