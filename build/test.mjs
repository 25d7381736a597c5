import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildApp } from './build-app.mjs';
import { bundleKernel } from './bundle-kernel.mjs';
import { playwrightCounts, vitestCounts } from './lib/counts.mjs';
import { createLog, StepError } from './lib/log.mjs';
import { packageFile, root } from './lib/paths.mjs';
import { run } from './lib/run.mjs';
import { runStatic } from './lib/run-static.mjs';
import { hasFailed, summary } from './lib/summary.mjs';
import { prepare } from './prepare.mjs';
import { hasDisplay } from './prepare/system-packages.mjs';

const VITEST_REPORT = path.join(root, 'artefacts', 'vitest.json');
/** The same path as in playwright.config.ts. */
const PLAYWRIGHT_REPORT = path.join(root, 'artefacts', 'playwright.json');

// `npm test`: prepares, then everything that can fail, to the end: one failing step hides no other.
const started = performance.now();
if (process.env['CI'] === 'true') {
  process.env['NO_COLOR'] = '1';
  delete process.env['FORCE_COLOR'];
}
for (const report of [VITEST_REPORT, PLAYWRIGHT_REPORT]) {
  rmSync(report, { force: true });
}

const preparation = await timed('preparation', () =>
  counted(() => prepare({ window: true, components: true, build: 'none' })),
);
const results = [preparation];
if (!hasFailed(results)) {
  results.push(
    ...(await runStatic()),
    await timed('unit tests', unitTests),
    await timed('build', () => counted(build)),
    await timed('end to end', endToEnd),
  );
}
process.stdout.write(summary(results, performance.now() - started));
process.exitCode = hasFailed(results) ? 1 : 0;

async function unitTests() {
  const args = [
    packageFile('vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${VITEST_REPORT}`,
  ];
  const { status } = await run(process.execPath, args, { show: true });
  return vitestCounts(VITEST_REPORT, status);
}

async function build() {
  const log = createLog();
  await log.step('kernel', bundleKernel);
  await log.step('application', buildApp);
}

async function endToEnd() {
  const playwright = [process.execPath, packageFile('@playwright/test/cli.js'), 'test'];
  const [command = '', ...args] = hasDisplay()
    ? playwright
    : ['xvfb-run', '-a', '-s', '-screen 0 1440x960x24', ...playwright];
  const { status } = await run(command, args, { show: true });
  return playwrightCounts(PLAYWRIGHT_REPORT, status);
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
