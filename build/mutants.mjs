import path from 'node:path';
import { bundleOsThreads } from './bundle/kernel.mjs';
import { createLog, StepError } from './lib/log.mjs';
import { root } from './lib/paths.mjs';
import { prepareOrExit } from './prepare.mjs';
import { areas, chooseAreas, LEAST_SCORE, testsOf } from './mutants/areas.mjs';
import { runArea } from './mutants/run-area.mjs';
import { percent, scoreOf, scoreTable, sumOf } from './mutants/score.mjs';
import { installSystemPackages } from './prepare/system-packages.mjs';

// `npm run test:mutants [-- path…]`: makes small mistakes in the code, one at a time, and counts those that no test
// notices. Slow, so neither part of `npm test` nor of CI.
const chosen = chosenOrExit(process.argv.slice(2));
await prepareOrExit({ window: false, components: false, build: 'none', quiet: true });
const quiet = createLog({ quiet: true });
await quiet.step('system packages', () => installSystemPackages());
await quiet.step('threads', async () => ({ worked: await bundleOsThreads() }));
// Stryker takes the current folder for the project.
process.chdir(root);
const { testProjects } = await import('./test/projects.mjs');
const { pure, system } = testProjects(root);
const log = createLog();
/** @type {{name: string, score: import('./mutants/score.mjs').Score}[]} */
const rows = [];
for (const { area, mutate } of chosen) {
  try {
    await log.step(area.name, async () => {
      const { results, report } = await runArea(area, mutate, testsOf(area, [...pure, ...system]));
      const score = scoreOf(results);
      rows.push({ name: area.name, score });
      if (percent(score) < LEAST_SCORE) {
        throw new StepError(
          `Less than ${LEAST_SCORE} % of the mutants were noticed; ${report} shows the others.`,
        );
      }
      return { worked: true, note: report };
    });
  } catch {
    // The step has printed why; the other areas are measured all the same.
    process.exitCode = 1;
  }
}
process.stdout.write(scoreTable([...rows, { name: 'all', score: sumOf(rows.map(({ score }) => score)) }]));

function chosenOrExit(/** @type {string[]} */ paths) {
  const fromRoot = paths.map((each) => path.relative(root, path.resolve(each)).split(path.sep).join('/'));
  const { chosen, strangers } = chooseAreas(fromRoot);
  if (strangers.length > 0) {
    process.stderr.write(
      `${strangers.join(', ')}: in no area of mutation testing\nareas: ${areas.map(({ name }) => name).join(', ')}\n`,
    );
    process.exit(1);
  }
  return chosen;
}
