import { defineConfig } from '@playwright/test';
import { installed, runsAsRoot } from './e2e/support/program.ts';
import { differences, LONG } from './e2e/support/tags.ts';

/** Specs that cannot say anything about what is tested, with the reason, which is printed. */
const leftOut: readonly (readonly [files: string, reason: string])[] =
  installed === null
    ? [['packaged/*', 'they need an installed program, named by CAPSULE_DESKTOP_PROGRAM']]
    : [
        ['inside/*', 'the fuses of an installed program let nobody look inside its main process'],
        ...(runsAsRoot
          ? ([
              ['packaged/sandbox*', 'Chromium has no sandbox as root; CAPSULE_DESKTOP_RUN_AS names a user'],
            ] as const)
          : []),
        ...(installed.path.startsWith('/usr/bin/')
          ? []
          : ([['packaged/desktop*', 'only a package that was installed is known to the desktop']] as const)),
        ...(process.platform === 'linux'
          ? []
          : ([
              [
                'packaged/update*',
                'the update that can be tried without an installer is that of an AppImage',
              ],
              ['packaged/{contents,sandbox}*', 'they know the files and processes of Linux'],
            ] as const)),
      ];

const ignored = leftOut.map(([files]) => `**/e2e/${files}`);

/** Two ways to run leave their results side by side. */
const report = installed === null ? 'playwright' : 'playwright-installed';

const tags = Object.entries(differences);

/** They measure how soon the window answers: `npm test` runs nothing of ours beside them. */
const measuring = ['flood', 'limits', 'security'].map((spec) => `**/e2e/${spec}.spec.ts`);

/** What runs on an installed program and nowhere else needs no tag. */
const tagged = installed === null ? {} : { grep: tags.map(([tag]) => new RegExp(tag)) };

/** The rest of the hostile suite, which `npm run test:hostile` runs. */
const short = { ...tagged, grepInvert: new RegExp(LONG) };

// Playwright loads this file in its workers as well.
if (process.env['TEST_WORKER_INDEX'] === undefined) {
  if (installed !== null) {
    process.stdout.write('run again, beside e2e/packaged/:\n');
    process.stdout.write(tags.map(([tag, reason]) => `  ${tag}: ${reason}\n`).join(''));
  }
  for (const [files, reason] of leftOut) {
    process.stdout.write(`left out: e2e/${files}: ${reason}\n`);
  }
}

export default defineConfig({
  globalSetup: './e2e/global-setup.ts',
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  testIgnore: ignored,
  projects: [
    { name: 'together', testIgnore: [...ignored, ...measuring, '**/packaged/*'], ...short },
    ...(installed === null ? [] : [{ name: 'together, packaged', testDir: 'e2e/packaged' }]),
    { name: 'alone', testMatch: measuring, ...tagged },
    { name: 'hostile', testDir: 'e2e/hostile' },
  ],
  outputDir: `artefacts/${report}`,
  // `npm test` runs two at a time of those that stand together.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  // To the first answer of a freshly installed capsule, on a machine that does something else as well.
  expect: { timeout: 15_000 },
  // build/test.mjs reads the JSON file; it lies beside outputDir, which Playwright empties.
  // PLAYWRIGHT_JSON_OUTPUT_FILE puts it somewhere else.
  reporter: [['list'], ['json', { outputFile: `artefacts/${report}.json` }]],
  // A picture of the end and what was done before it. A trace's own pictures of every step cost each spec a fifth of
  // its time: `--trace on` has them.
  use: {
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    screenshot: 'only-on-failure',
  },
});
