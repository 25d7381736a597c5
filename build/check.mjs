import { runStatic } from './lib/run-static.mjs';
import { hasFailed, summary } from './lib/summary.mjs';
import { prepareOrExit } from './prepare.mjs';

// `npm run check`: everything that can be said without running the program.
await prepareOrExit({ window: false, components: false, build: 'none' });
const started = performance.now();
const results = await runStatic();
process.stdout.write(summary(results, performance.now() - started));
process.exitCode = hasFailed(results) ? 1 : 0;
