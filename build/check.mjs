import { runStatic } from './lib/run-static.mjs';
import { pureTests, staticSteps } from './steps.mjs';
import { hasFailed, summary } from './lib/summary.mjs';
import { prepareOrExit } from './prepare.mjs';

// `npm run check`: everything that can be said without starting anything: the static checks, and the tests that start
// nothing, for what they leave open.
await prepareOrExit({ window: false, components: false, build: 'none' });
const started = performance.now();
// Elsewhere the workflow runs the static checks alone (decision 49).
const steps = process.platform === 'linux' ? [...staticSteps, pureTests] : staticSteps;
const results = await runStatic(steps);
process.stdout.write(summary(results, performance.now() - started));
process.exitCode = hasFailed(results) ? 1 : 0;
