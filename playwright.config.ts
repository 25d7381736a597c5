import { defineConfig } from '@playwright/test';
import { installed, runsAsRoot } from './e2e/support/program.ts';
import { differences } from './e2e/support/tags.ts';

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

/** Two ways to run leave their results side by side. */
const name = installed === null ? 'playwright' : 'playwright-installed';

const tags = Object.entries(differences);

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
  testIgnore: leftOut.map(([files]) => `**/e2e/${files}`),
  // What runs on an installed program alone needs no tag.
  ...(installed !== null && {
    projects: [
      {
        name: 'again',
        testDir: 'e2e',
        testIgnore: '**/packaged/*',
        grep: tags.map(([tag]) => new RegExp(tag)),
      },
      { name: 'packaged', testDir: 'e2e/packaged' },
    ],
  }),
  outputDir: `artefacts/${name}`,
  // One application at a time: the specs measure it and kill it.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  // To the first answer of a freshly installed capsule, on a machine that does something else as well.
  expect: { timeout: 15_000 },
  // build/test.mjs reads the JSON file; it lies beside outputDir, which Playwright empties.
  // PLAYWRIGHT_JSON_OUTPUT_FILE puts it somewhere else.
  reporter: [['list'], ['json', { outputFile: `artefacts/${name}.json` }]],
  // A picture of the end and what was done before it. A trace's own pictures of every step cost each spec a fifth of
  // its time: `--trace on` has them.
  use: {
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    screenshot: 'only-on-failure',
  },
});
