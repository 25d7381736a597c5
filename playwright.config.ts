import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  outputDir: 'artefacts/playwright',
  // One application at a time: the specs measure it and kill it.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  // build/test.mjs reads the JSON file; it lies beside outputDir, which Playwright empties.
  reporter: [['list'], ['json', { outputFile: 'artefacts/playwright.json' }]],
  use: { trace: 'retain-on-failure' },
});
