import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: [
      'src-main/**/*.test.ts',
      'src-renderer/**/*.test.{ts,tsx}',
      'build/**/*.test.{mjs,ts}',
      'capsules/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**'],
    globalSetup: 'build/test-setup.mjs',
    // Processes, not threads: tests start workers and child processes and send signals.
    pool: 'forks',
    // One would leave a core idle: most of the time a test waits for a process or a deadline.
    maxWorkers: 2,
    // Real processes on a loaded machine of two cores. What is waited for comes in a fraction of this; a limit is
    // only to end a test that would hang, and the inner one first, since it tells what never came.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
