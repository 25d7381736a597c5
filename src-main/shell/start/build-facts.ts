import * as z from 'zod/mini';
import { readJsonRecord } from '../../base/json-record.ts';
import type { BuildView } from '../../contract/views.ts';

const manifestFile = z.object({
  builtFrom: z.object({
    commit: z.string().check(z.regex(/^[0-9a-f]{40}$/)),
    date: z.string().check(
      z.regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      z.refine((date) => !Number.isNaN(Date.parse(date))),
    ),
  }),
});

/**
 * What the packager wrote into the application's package.json: `{ "builtFrom": { "commit", "date" } }`. Null
 * when it is not there whole, as in a folder of sources.
 *
 * @param manifest text of the package.json beside the running program
 */
export function buildFactsOf(manifest: string): BuildView | null {
  const record = readJsonRecord('The package.json', manifest, manifestFile);
  return record.ok ? record.value.builtFrom : null;
}
