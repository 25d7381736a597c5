import { createLog, StepError } from './lib/log.mjs';
import { prepareOrExit } from './prepare.mjs';
import { packageApp } from './dist/package.mjs';

// `npm run dist`: installers for this system, in dist/.
await prepareOrExit({ window: true, components: true, build: 'app' });
const log = createLog();
try {
  await log.step('packages', async () => {
    const { files, leftOut, changed } = await packageApp();
    for (const { what, why } of leftOut) {
      log.notice(`left out: ${what}: ${why}`);
    }
    if (changed.length > 0) {
      log.notice(`the packages hold ${changed.length} changes that are in no commit: git status names them`);
    }
    return { worked: true, note: files.join(', ') };
  });
} catch (error) {
  if (!(error instanceof StepError)) {
    throw error;
  }
  process.exitCode = 1;
}
