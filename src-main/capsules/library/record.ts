import * as z from 'zod/mini';
import { readJsonRecord } from '../../base/json-record.ts';
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
  /** Why it is disabled, when the application did that itself; see `DisabledBecause`. Absent when a person did. */
  readonly disabledBecause?: string;
  /** Epoch ms. */
  readonly installedAt: number;
}

/** The application disabled it: it was starting when the application ended unexpectedly. */
export type DisabledBecause = 'unexpected-end';

const count = z.int().check(z.nonnegative());
const texts = z.array(z.string());

/** Keys that it does not know are kept: the record is written again when a capsule is disabled. */
const installRecord: z.core.$ZodType<InstallRecord> = z.looseObject({
  schema: z.literal(1),
  // It becomes a file's name.
  hash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  size: count,
  imports: texts,
  exports: texts,
  grants: z.union([z.literal('all'), texts]),
  resolved: z.exactOptional(
    z.array(
      z.looseObject({
        kind: z.enum(['program', 'folder']),
        asked: z.string(),
        real: z.nullable(z.string()),
        note: z.string(),
      }),
    ),
  ),
  enabled: z.boolean(),
  // Any text: one of a newer version is no reason to lose the capsule.
  disabledBecause: z.exactOptional(z.string()),
  installedAt: count,
});

const newerRecord = z.object({ schema: z.number().check(z.gt(1)) });

/** @throws TypedError `store-damaged` for a record that is not one of ours */
export function parseRecord(text: string): InstallRecord {
  // First: in a newer one every other field may have changed.
  if (readJsonRecord('', text, newerRecord).ok) {
    throw damaged('The capsule was installed by a newer version of Capsule Desktop.');
  }
  const record = readJsonRecord('The install record', text, installRecord);
  if (!record.ok) {
    throw damaged(record.problem, record.cause);
  }
  return record.value;
}

/** The record of a capsule that was enabled or disabled, by a person when there is no reason. */
export function switchedRecord(
  record: InstallRecord,
  enabled: boolean,
  because?: DisabledBecause,
): InstallRecord {
  const { disabledBecause: _before, ...rest } = record;
  return { ...rest, enabled, ...(enabled || because === undefined ? {} : { disabledBecause: because }) };
}

/** Whether what replaces a capsule is enabled, and why not: as the one before was. */
export function switchOf(
  previous: InstallRecord | undefined,
): Pick<InstallRecord, 'enabled' | 'disabledBecause'> {
  if (previous === undefined) {
    return { enabled: true };
  }
  const { enabled, disabledBecause } = previous;
  return { enabled, ...(disabledBecause === undefined ? {} : { disabledBecause }) };
}

/** What is wrong with an installed capsule on disk. */
export function damaged(what: string, cause?: unknown): Error {
  return capsuleError('store-damaged', what, 'Reinstall the capsule from its source.', cause);
}
