import path from 'node:path';

/** Two cores are what we count on everywhere; `MUTANTS_AT_ONCE=1` leaves one to other work. */
const AT_ONCE = Number(process.env['MUTANTS_AT_ONCE'] ?? 2);

/** Where reports go, from the root. */
const FOLDER = path.join('artefacts', 'mutants');

/**
 * Makes the mutants of an area, or of a part of it, and runs the tests on each.
 *
 * @param {import('./areas.mjs').Area} area
 * @param {readonly string[]} mutate globs, from the root
 * @param {readonly string[]} tests files, from the root
 * @returns {Promise<{results: readonly {status: string}[], report: string}>} `report`: the page that shows them, from
 *   the root; rejects when the tests fail without a mutant
 */
export async function runArea(area, mutate, tests) {
  // Read by vitest.config.ts and setup.ts, in the runner's process.
  process.env['MUTANTS_TESTS'] = JSON.stringify(tests);
  process.env['MUTANTS_IN_THREADS'] = String(area.inThreads ?? false);
  const report = path.join(FOLDER, area.name.replaceAll('/', '-'));
  const { Stryker } = await import('@stryker-mutator/core');
  const results = await new Stryker({
    configFile: 'build/mutants/stryker.json',
    concurrency: AT_ONCE,
    mutate: [...mutate, '!**/*.test.ts', '!**/testing.ts'],
    htmlReporter: { fileName: `${report}.html` },
    jsonReporter: { fileName: `${report}.json` },
  }).runMutationTest();
  return { results, report: `${report}.html` };
}
