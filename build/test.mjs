import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildApp } from './bundle/app.mjs';
import { bundleKernel } from './bundle/kernel.mjs';
import { cannotInstall, INSTALLED_PROGRAM, whileInstalled } from './dist/installed.mjs';
import { unpackedProgram } from './dist/package.mjs';
import { packageToTry } from './dist/package-to-try.mjs';
import { playwrightCounts, sumOf, vitestCounts } from './lib/counts.mjs';
import { createLog, StepError } from './lib/log.mjs';
import { runOnDisplay } from './lib/on-display.mjs';
import { packageFile, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { runStatic } from './lib/run-static.mjs';
import { hasFailed, summary } from './lib/summary.mjs';
import { prepare } from './prepare.mjs';
import { staticSteps } from './steps.mjs';

/** The projects of playwright.config.ts, in order; an application waits more than it computes, so two share two cores. */
const PLAYWRIGHT_PASSES = /** @type {const} */ ([
  ['together', ['--project=together*', '--workers=2']],
  ['alone', ['--project=alone']],
]);

// `npm test`: prepares, then everything that can fail, to the end: one failing step hides no other.
const started = performance.now();
if (process.env['CI'] === 'true') {
  process.env['NO_COLOR'] = '1';
  delete process.env['FORCE_COLOR'];
}
const preparation = await timed('preparation', () =>
  counted(() => prepare({ window: true, components: true, build: 'none' })),
);
const results = [preparation];
if (!hasFailed(results)) {
  results.push(
    ...(await runStatic(staticSteps)),
    await timed('unit tests', () => vitest('unit', '!pages')),
    await timed('guests in pages', () => vitest('pages', 'pages')),
    await timed('build', () => counted(build)),
    await timed('end to end', () => endToEnd('playwright', {})),
  );
  const packaged = await timed('package', () => counted(packageToTry));
  results.push(packaged);
  if (!hasFailed([packaged])) {
    results.push(...(await testPackage()));
  }
}
process.stdout.write(summary(results, performance.now() - started));
process.exitCode = hasFailed(results) ? 1 : 0;

/**
 * @param {string} name of what lies in artefacts afterwards
 * @param {string} project of vitest.config.ts
 */
async function vitest(name, project) {
  const report = path.join(root, 'artefacts', `vitest-${name}.json`);
  rmSync(report, { force: true });
  const args = [
    packageFile('vitest/vitest.mjs'),
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  const { status } = await runNode(args, { show: true });
  return vitestCounts(report, status);
}

async function build() {
  const log = createLog();
  await log.step('kernel', bundleKernel);
  await log.step('application', buildApp);
}

/** The same specs once more, on the package: installed, by an ordinary user, and removed afterwards. */
async function testPackage() {
  const why = await cannotInstall();
  if (why !== null) {
    process.stdout.write(`note the package is tested unpacked, as the user who runs the tests: ${why}\n`);
    const program = unpackedProgram();
    return [
      await timed('packaged program', () =>
        endToEnd('playwright-installed', { CAPSULE_DESKTOP_PROGRAM: program }),
      ),
    ];
  }
  /** @type {import('./lib/summary.mjs').StepResult | undefined} */
  let specs;
  const around = await timed('installing and removing', () =>
    counted(async () => {
      await whileInstalled(async (user) => {
        const env = { CAPSULE_DESKTOP_PROGRAM: INSTALLED_PROGRAM, CAPSULE_DESKTOP_RUN_AS: user };
        specs = await timed('installed program', () => endToEnd('playwright-installed', env));
      });
    }),
  );
  return [...(specs ? [specs] : []), { ...around, time: around.time - (specs?.time ?? 0) }];
}

/**
 * @param {string} name of what lies in artefacts afterwards
 * @param {NodeJS.ProcessEnv} what which program, and as whom; the one built in this tree when empty
 */
async function endToEnd(name, what) {
  const counts = [];
  for (const [pass, choice] of PLAYWRIGHT_PASSES) {
    const output = path.join(root, 'artefacts', `${name}-${pass}`);
    const report = `${output}.json`;
    rmSync(report, { force: true });
    const args = [packageFile('@playwright/test/cli.js'), 'test', `--output=${output}`, ...choice];
    const env = { ...process.env, ...what, PLAYWRIGHT_JSON_OUTPUT_FILE: report };
    counts.push(playwrightCounts(report, await runOnDisplay(args, env)));
  }
  return sumOf(counts);
}

/**
 * Work that prints its own failure counts as one.
 * @param {() => Promise<void>} work
 */
async function counted(work) {
  try {
    await work();
    return { passed: 1, failed: 0 };
  } catch (error) {
    if (!(error instanceof StepError)) {
      process.stderr.write(`${String(error)}\n`);
    }
    return { passed: 0, failed: 1 };
  }
}

/**
 * @param {string} name
 * @param {() => Promise<{passed: number, failed: number, skipped?: number}>} work
 */
async function timed(name, work) {
  const before = performance.now();
  const counts = await work();
  return { name, ...counts, time: performance.now() - before };
}
