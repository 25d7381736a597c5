import type { Grants } from '../../contract/kernel.ts';
import type { ResolvedEntry } from '../../policy/resolved-entry.ts';
import { capsuleError } from '../errors.ts';

/** What is remembered of an installation beside the capsule's own files. */
export interface InstallRecord {
  readonly schema: 1;
  /** BLAKE3 of the component. */
  readonly hash: string;
  /** Bytes of the component. */
  readonly size: number;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  readonly grants: Grants;
  /** Where the entries of the capabilities led when they were granted, or at first use; absent in old records. */
  readonly resolved?: readonly ResolvedEntry[];
  readonly enabled: boolean;
  /** Epoch ms. */
  readonly installedAt: number;
}

const HASH = /^[0-9a-f]{64}$/;

/** @throws TypedError `store-damaged` for a record that is not one of ours */
export function parseRecord(text: string): InstallRecord {
  const record = parseJson(text);
  if (!isObject(record)) {
    throw damaged('Its record is no object.');
  }
  if (typeof record['schema'] === 'number' && record['schema'] > 1) {
    throw damaged('It was installed by a newer version of Capsule Desktop.');
  }
  for (const [key, isValid] of Object.entries(shape)) {
    if (!isValid(record[key])) {
      throw damaged(`Its record has no valid ${JSON.stringify(key)}.`);
    }
  }
  return record as unknown as InstallRecord;
}

/** What is wrong with an installed capsule on disk. */
export function damaged(what: string, cause?: unknown): Error {
  return capsuleError('store-damaged', what, 'Install the capsule again from its source.', cause);
}

const shape: { readonly [Key in keyof Required<InstallRecord>]: (value: unknown) => boolean } = {
  schema: (value) => value === 1,
  // It becomes a file's name.
  hash: (value) => typeof value === 'string' && HASH.test(value),
  size: isCount,
  imports: isTexts,
  exports: isTexts,
  grants: (value) => value === 'all' || isTexts(value),
  resolved: (value) => value === undefined || (Array.isArray(value) && value.every(isResolvedEntry)),
  enabled: (value) => typeof value === 'boolean',
  installedAt: isCount,
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged('Its record is not JSON.', cause);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isResolvedEntry(value: unknown): boolean {
  return (
    isObject(value) &&
    (value['kind'] === 'program' || value['kind'] === 'folder') &&
    typeof value['asked'] === 'string' &&
    (value['real'] === null || typeof value['real'] === 'string') &&
    typeof value['note'] === 'string'
  );
}
