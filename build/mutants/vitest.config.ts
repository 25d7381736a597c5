import path from 'node:path';
import { defineConfig } from 'vitest/config';

/**
 * What Stryker's runner starts in its copy of the tree: one project without preparation, so that a run is a run of the
 * chosen tests and nothing else. The runner forces one thread; all files share it, and every run gets a new one.
 */
export default defineConfig({
  test: {
    include: JSON.parse(process.env['MUTANTS_TESTS'] ?? '[]') as string[],
    setupFiles: path.join(import.meta.dirname, 'setup.ts'),
    isolate: false,
    // As in the project's own configuration: a test that hangs is Stryker's to end.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
