import { capsuleError } from '../errors.ts';
import { MAX_MANIFEST_ENTRIES } from '../limits.ts';
import { requireAtMost } from './bounds.ts';
import { didYouMean } from './did-you-mean.ts';
import { TomlValue } from './toml.ts';
import type { Warnings } from './warnings.ts';
import { quoted, shown } from '../words/escape-control-chars.ts';

/**
 * One table of a manifest, read key by key. What is read by name is known; `finish` warns of every key
 * that nobody asked for, so the list of known keys is the code that reads them.
 */
export class ManifestTable {
  readonly path: string;
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #known = new Set<string>();
  readonly #warnings: Warnings;

  /** @param path dotted, empty for the root. @param warnings is added to. */
  constructor(table: object, path: string, warnings: Warnings) {
    // A map, so that a key like `__proto__` is a key like any other.
    this.#values = new Map(Object.entries(table));
    this.path = path;
    this.#warnings = warnings;
  }

  /**
   * Names of all keys, in the manifest's order, of a table whose keys are the capsule's own.
   *
   * @throws TypedError `manifest-too-large` when they are more than `MAX_MANIFEST_ENTRIES`
   */
  get keys(): readonly string[] {
    requireAtMost(quoted(this.path), this.#values.size, MAX_MANIFEST_ENTRIES);
    return [...this.#values.keys()];
  }

  has(key: string): boolean {
    this.#known.add(key);
    return this.#values.has(key);
  }

  value(key: string): unknown {
    this.#known.add(key);
    return this.#values.get(key);
  }

  string(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'string') {
      return value;
    }
    throw this.#wrongType(key, 'a string', value);
  }

  requiredString(key: string): string {
    const value = this.string(key);
    if (value === undefined) {
      throw capsuleError(
        'manifest-missing-key',
        `${this.at(key)} is missing.`,
        `Add ${shown(key)} = "…" to [${shown(this.path)}].`,
      );
    }
    return value;
  }

  strings(key: string): readonly string[] {
    const value = this.value(key);
    if (value === undefined) {
      return [];
    }
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
      return value;
    }
    throw this.#wrongType(key, 'a list of strings', value);
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'boolean') {
      return value;
    }
    throw this.#wrongType(key, 'true or false', value);
  }

  /** A whole number from 0 to `max`. */
  count(key: string, max: number): number | undefined {
    const value = this.value(key);
    if (value === undefined) {
      return undefined;
    }
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) {
      return value;
    }
    throw this.#wrongType(key, `a whole number from 0 to ${max}`, value);
  }

  table(key: string): ManifestTable | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : this.#asTable(key, value);
  }

  /** `[[key]]`: a list of tables; empty when absent. */
  tables(key: string): readonly ManifestTable[] {
    const value = this.value(key);
    if (value === undefined) {
      return [];
    }
    if (!Array.isArray(value) || !value.every(isTable)) {
      throw this.#wrongType(key, `a list of tables, written [[${shown(key)}]]`, value);
    }
    requireAtMost(this.at(key), value.length, MAX_MANIFEST_ENTRIES);
    return value.map(
      (item, index) => new ManifestTable(item, `${this.keyPath(key)}[${index}]`, this.#warnings),
    );
  }

  /** The value as a table when it is one: for keys that have a short and a long form. */
  tableOrString(key: string): ManifestTable | string {
    const value = this.value(key);
    if (typeof value === 'string') {
      return value;
    }
    if (!isTable(value)) {
      throw this.#wrongType(key, 'a string or a table', value);
    }
    return this.#asTable(key, value);
  }

  /** @param sentence called only where a warning more is shown */
  warn(sentence: () => string): void {
    this.#warnings.add(sentence);
  }

  /** Warns of every key that nobody has read. */
  finish(): void {
    for (const key of this.#values.keys()) {
      if (!this.#known.has(key)) {
        this.warn(() => `${this.at(key)} is unknown and has no effect.${didYouMean(key, this.#known)}`);
      }
    }
  }

  /** How messages name a key of this table. */
  at(key: string): string {
    return quoted(this.keyPath(key));
  }

  /** Dotted, from the root. */
  keyPath(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #asTable(key: string, value: unknown): ManifestTable {
    if (!isTable(value)) {
      throw this.#wrongType(key, `a table, written [${shown(this.keyPath(key))}]`, value);
    }
    return new ManifestTable(value, this.keyPath(key), this.#warnings);
  }

  #wrongType(key: string, expected: string, value: unknown): Error {
    return capsuleError(
      'manifest-wrong-type',
      `${this.at(key)} must be ${expected}, but is ${kindOf(value)}.`,
      `Change ${this.at(key)} in Capsule.toml.`,
    );
  }
}

function isTable(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof TomlValue)
  );
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) {
    return 'a list';
  }
  if (value instanceof TomlValue) {
    return value.kind === 'date' ? 'a date' : `the number ${shown(value.text)}`;
  }
  return isTable(value) ? 'a table' : `the ${typeof value} ${shown(String(value))}`;
}
