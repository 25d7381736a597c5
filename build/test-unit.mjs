import { packageFile } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { prepareOrExit } from './prepare.mjs';

// `npm run test:unit [-- path…|--changed]`: the inner loop. Vitest gets the arguments as they are; the projects of
// vitest.config.ts prepare what the chosen tests need beyond this. Those that need Electron have to be named:
// `npm run test:unit -- --project pages`.
const given = process.argv.slice(2);
const choice = given.some((argument) => argument.startsWith('--project')) ? [] : ['--project=!pages'];
await prepareOrExit({ window: false, components: false, build: 'none', quiet: true });
const { status } = await runNode([packageFile('vitest/vitest.mjs'), 'run', ...choice, ...given], {
  show: true,
});
process.exitCode = status;
