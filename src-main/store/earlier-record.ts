import { constants } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type * as z from 'zod/mini';
import { readJsonRecord } from '../base/json-record.ts';
import { ownEntries, type Report } from './own-entries.ts';
import { openRegularFile } from './regular-file.ts';

/** What an earlier run left under a name: nothing, a record of ours, or something that cannot be used as one. */
export type EarlierRecord<T> =
  { readonly kind: 'none' } | { readonly kind: 'read'; readonly value: T } | { readonly kind: 'unusable' };

export interface RecordShape<T> {
  /** Begins the sentence of a problem, as `The session record`. */
  readonly subject: string;
  readonly schema: z.core.$ZodType<T>;
  /** A longer file is not read at all. */
  readonly maxBytes: number;
}

/**
 * Reads what an earlier run wrote and this one goes on with. What cannot be used is renamed, so that it can be looked at
 * and is in nobody's way, and reported. Never rejects: a start does not depend on it.
 */
export async function readEarlierRecord<T>(
  path: string,
  { subject, schema, maxBytes }: RecordShape<T>,
  report: Report,
): Promise<EarlierRecord<T>> {
  const unusable = async (problem: string, cause: unknown): Promise<EarlierRecord<T>> => {
    const aside = `${path}.unusable-${randomUUID()}`;
    const where = await rename(path, aside).then(
      () => `It was renamed to ${aside}.`,
      (error: unknown) => `It could not be set aside: ${String(error)}.`,
    );
    report(`${problem} ${where}`, cause);
    return { kind: 'unusable' };
  };
  await removeStagings(path, report);
  try {
    const text = await readBounded(path, maxBytes);
    if (text === null) {
      return await unusable(`${subject} is longer than ${maxBytes} bytes.`, path);
    }
    const record = readJsonRecord(subject, text, schema);
    return record.ok ? { kind: 'read', value: record.value } : await unusable(record.problem, record.cause);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? { kind: 'none' }
      : unusable(`${subject} cannot be read.`, error);
  }
}

/** What `writeFileAtomically` was writing when the application was killed: these records are written so often. */
async function removeStagings(path: string, report: Report): Promise<void> {
  const name = new RegExp(
    `^${basename(path).replace('.', String.raw`\.`)}\\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
  );
  try {
    const ours = await ownEntries(dirname(path), { kind: 'file', name }, () => undefined);
    await Promise.all(ours.map((each) => rm(join(dirname(path), each), { force: true })));
  } catch (error) {
    report('what was being written when Capsule Desktop was killed could not be removed', error);
  }
}

/** Null when the file is longer. */
async function readBounded(path: string, maxBytes: number): Promise<string | null> {
  const file = await openRegularFile(path, constants.O_RDONLY);
  try {
    return (await file.stat()).size > maxBytes ? null : await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
