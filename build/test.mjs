import { rmSync } from 'node:fs';
import path from 'node:path';
import { buildApp } from './bundle/app.mjs';
import { bundleKernel } from './bundle/kernel.mjs';
import { cannotInstall, INSTALLED_PROGRAM, whileInstalled } from './dist/installed.mjs';
import { packageApp, unpackedProgram } from './dist/package.mjs';
import { playwrightCounts, vitestCounts } from './lib/counts.mjs';
import { createLog, StepError } from './lib/log.mjs';
import { runOnDisplay } from './lib/on-display.mjs';
import { packageFile, root } from './lib/paths.mjs';
import { runNode } from './lib/run.mjs';
import { runStatic } from './lib/run-static.mjs';
import { hasFailed, summary } from './lib/summary.mjs';
import { prepare } from './prepare.mjs';

const VITEST_REPORT = path.join(root, 'artefacts', 'vitest.json');
/** The same paths as in playwright.config.ts. */
const PLAYWRIGHT_REPORT = path.join(root, 'artefacts', 'playwright.json');
const INSTALLED_REPORT = path.join(root, 'artefacts', 'playwright-installed.json');

// `npm test`: prepares, then everything that can fail, to the end: one failing step hides no other.
const started = performance.now();
if (process.env['CI'] === 'true') {
  process.env['NO_COLOR'] = '1';
  delete process.env['FORCE_COLOR'];
}
for (const report of [VITEST_REPORT, PLAYWRIGHT_REPORT, INSTALLED_REPORT]) {
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
    await timed('end to end', () => endToEnd(PLAYWRIGHT_REPORT, {})),
  );
  const packaged = await timed('package', () => counted(makePackage));
  results.push(packaged);
  if (!hasFailed([packaged])) {
    results.push(...(await testPackage()));
  }
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
  const { status } = await runNode(args, { show: true });
  return vitestCounts(VITEST_REPORT, status);
}

async function build() {
  const log = createLog();
  await log.step('kernel', bundleKernel);
  await log.step('application', buildApp);
}

/** What the tests install or start; `npm run dist` makes the rest. */
async function makePackage() {
  const log = createLog();
  await log.step('package', async () => {
    const isWanted = (/** @type {string} */ target, /** @type {string} */ arch) =>
      target === 'dir' || (target === 'deb' && arch === process.arch);
    const { files } = await packageApp({ isWanted, toTry: true });
    return { worked: true, note: files.join(', ') };
  });
}

/** The same specs once more, on the package: installed, by an ordinary user, and removed afterwards. */
async function testPackage() {
  const why = await cannotInstall();
  if (why !== null) {
    process.stdout.write(`note the package is tested unpacked, as the user who runs the tests: ${why}\n`);
    const program = unpackedProgram();
    return [
      await timed('packaged program', () => endToEnd(INSTALLED_REPORT, { CAPSULE_DESKTOP_PROGRAM: program })),
    ];
  }
  /** @type {import('./lib/summary.mjs').StepResult | undefined} */
  let specs;
  const around = await timed('installing and removing', () =>
    counted(async () => {
      await whileInstalled(async (user) => {
        const env = { CAPSULE_DESKTOP_PROGRAM: INSTALLED_PROGRAM, CAPSULE_DESKTOP_RUN_AS: user };
        specs = await timed('installed program', () => endToEnd(INSTALLED_REPORT, env));
      });
    }),
  );
  return [...(specs ? [specs] : []), { ...around, time: around.time - (specs?.time ?? 0) }];
}

/**
 * @param {string} report
 * @param {NodeJS.ProcessEnv} what which program, and as whom; the one built in this tree when empty
 */
async function endToEnd(report, what) {
  const args = [packageFile('@playwright/test/cli.js'), 'test'];
  return playwrightCounts(report, await runOnDisplay(args, { ...process.env, ...what }));
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
