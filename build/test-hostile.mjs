import { rmSync } from 'node:fs';
import path from 'node:path';
import { cannotInstall, INSTALLED_PROGRAM, whileInstalled } from './dist/installed.mjs';
import { packageToTry } from './dist/package-to-try.mjs';
import { hostileTable, toldIn } from './lib/hostile-table.mjs';
import { StepError } from './lib/log.mjs';
import { runOnDisplay } from './lib/on-display.mjs';
import { packageFile, root } from './lib/paths.mjs';
import { prepareOrExit } from './prepare.mjs';

// `npm run test:hostile [-- --installed] [Playwright's arguments]`: every attempt of e2e/hostile, of which `npm test` makes the
// short ones; on the build of this tree, or on its package, installed and run by an ordinary user.
const [installed, args] = [process.argv.includes('--installed'), process.argv.slice(2)];
const chosen = args.filter((argument) => argument !== '--installed');

await prepareOrExit({ window: true, components: true, build: 'app' });
try {
  process.exitCode = await (installed ? onThePackage() : attack('hostile', {}));
} catch (error) {
  if (!(error instanceof StepError)) {
    throw error;
  }
  // What failed has been printed, or is nothing but this.
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function onThePackage() {
  const why = await cannotInstall();
  if (why !== null) {
    throw new StepError(`The package cannot be installed here: ${why}.`);
  }
  await packageToTry();
  let status = 1;
  await whileInstalled(async (user) => {
    const what = { CAPSULE_DESKTOP_PROGRAM: INSTALLED_PROGRAM, CAPSULE_DESKTOP_RUN_AS: user };
    status = await attack('hostile-installed', what);
  });
  return status;
}

/**
 * @param {string} name of what lies in artefacts afterwards
 * @param {NodeJS.ProcessEnv} what which program, and as whom
 * @returns {Promise<number>} exit status
 */
async function attack(name, what) {
  const report = path.join(root, 'artefacts', `${name}.json`);
  rmSync(report, { force: true });
  const output = `--output=${path.join(root, 'artefacts', name)}`;
  const playwright = [packageFile('@playwright/test/cli.js'), 'test', '--project=hostile', output];
  const env = { ...process.env, ...what, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const status = await runOnDisplay([...playwright, '--workers=2', ...chosen], env);
  process.stdout.write(`\n${hostileTable(toldIn(report))}`);
  return status;
}
