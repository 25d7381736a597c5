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
    // Real processes on a loaded machine of two cores.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
