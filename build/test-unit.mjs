import { packageFile } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { prepareOrExit } from './prepare.mjs';

// `npm run test:unit [-- path…|--changed]`: the inner loop. Vitest gets the arguments as they are; the projects of
// vitest.config.ts prepare what the chosen tests need beyond this.
await prepareOrExit({ window: false, components: false, build: 'none', quiet: true });
const { status } = await runNode([packageFile('vitest/vitest.mjs'), 'run', ...process.argv.slice(2)], {
  show: true,
});
process.exitCode = status;
