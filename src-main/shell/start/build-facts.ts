import type { BuildView } from '../../contract/views.ts';

/**
 * What the packager wrote into the application's package.json: `{ "builtFrom": { "commit", "date" } }`. Null
 * when it is not there whole, as in a folder of sources.
 *
 * @param manifest text of the package.json beside the running program
 */
export function buildFactsOf(manifest: string): BuildView | null {
  let build: unknown;
  try {
    build = (JSON.parse(manifest) as { readonly builtFrom?: unknown } | null)?.builtFrom;
  } catch {
    return null;
  }
  const { commit, date } = (build ?? {}) as { readonly [Key in keyof BuildView]?: unknown };
  const known =
    typeof commit === 'string' &&
    /^[0-9a-f]{40}$/.test(commit) &&
    typeof date === 'string' &&
    /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(date) &&
    !Number.isNaN(Date.parse(date));
  return known ? { commit, date } : null;
}
