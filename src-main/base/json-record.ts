import { toDotPath } from 'zod/v4/core';
import * as z from 'zod/mini';

/** What a file of ours holds, or what keeps it from being used: one sentence, with the field where there is one. */
export type JsonRecord<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly cause: Error };

/**
 * Reads a record back from its JSON text. Nothing on disk is trusted to be what was written: another version, a
 * crash or a person may have been there.
 *
 * @param subject begins the sentence of a problem: `The install record` gives `The install record has no "hash".`
 * @param schema an object's. `zod/mini`, and from `z.core` types only: a value drags all languages of zod into the bundle
 */
export function readJsonRecord<T>(subject: string, text: string, schema: z.core.$ZodType<T>): JsonRecord<T> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    return { ok: false, problem: `${subject} is not valid JSON.`, cause: cause as SyntaxError };
  }
  const read = z.safeParse(schema, content);
  return read.success
    ? { ok: true, value: read.data }
    : { ok: false, problem: `${subject} ${problemOf(content, read.error)}`, cause: read.error };
}

/** The first problem is enough: whoever mends a record by hand reads it again. */
function problemOf(content: unknown, error: z.core.$ZodError): string {
  const path = error.issues[0]?.path ?? [];
  if (path.length === 0) {
    return 'is not a JSON object.';
  }
  const field = JSON.stringify(toDotPath(path));
  return valueAt(content, path) === undefined ? `has no ${field}.` : `has an invalid ${field}.`;
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<PropertyKey, unknown>>)[key],
    content,
  );
}
