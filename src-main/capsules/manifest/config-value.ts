import { capsuleError } from '../errors.ts';
import { quoted, shown } from '../words/escape-control-chars.ts';
import { TomlValue } from './toml.ts';

export type ConfigValue =
  string | number | bigint | boolean | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };

/**
 * A value of TOML as a setting can have it. TOML has dates, which JSON has not: they become their text.
 *
 * @param key dotted, for messages
 * @throws TypedError `manifest-wrong-type` for a number that JSON has not
 */
export function configValue(value: unknown, key: string): ConfigValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => configValue(item, `${key}[${index}]`));
  }
  if (value instanceof TomlValue) {
    return exactValue(value, key);
  }
  const copy: Record<string, ConfigValue> = Object.create(null) as Record<string, ConfigValue>;
  for (const [name, inner] of Object.entries(value ?? {})) {
    copy[name] = configValue(inner, `${key}.${name}`);
  }
  return copy;
}

/** What a guest reads: a text as it is, anything else as JSON, numbers to their last digit. */
export function configText(value: ConfigValue): string {
  return typeof value === 'string' ? value : jsonText(value);
}

function exactValue({ kind, text, line }: TomlValue, key: string): ConfigValue {
  if (kind === 'not-finite') {
    throw capsuleError(
      'manifest-wrong-type',
      `Capsule.toml:${line}: ${quoted(key)} is ${shown(text)}; a setting is read as JSON, which has no such number.`,
      'Write a finite number, or a text in quotes.',
    );
  }
  return kind === 'integer' ? BigInt(text) : text;
}

/** `JSON.stringify` refuses a bigint, and drops the sign of zero. */
function jsonText(value: ConfigValue): string {
  if (typeof value === 'bigint') {
    return value.toString();
  }
  if (typeof value !== 'object') {
    return Object.is(value, -0) ? '-0.0' : JSON.stringify(value);
  }
  if (isList(value)) {
    return `[${value.map(jsonText).join(',')}]`;
  }
  const fields = Object.entries(value).map(([name, inner]) => `${JSON.stringify(name)}:${jsonText(inner)}`);
  return `{${fields.join(',')}}`;
}

/** `Array.isArray` does not tell a read-only array from an object. */
function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value);
}
