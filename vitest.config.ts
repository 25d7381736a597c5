import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { testProjects } from './build/test/projects.mjs';

/** What `--changed` cannot see by imports: it is built first, and the tests start what was built. */
const startedByFile = [
  '{package.json,vitest.config.ts}',
  '{wit,build/bundle,build/capsule,e2e/guests}/**',
  'capsules/{sdk,repl,runner,supervisor}/**/!(*.test).ts',
  'src-main/{guest,bridge,cli}/**/!(*.test).ts',
  'src-main/cli.ts',
  'src-main/runtime/component/transpile!(*.test).ts',
];

const { pure, window, system, guests } = testProjects(import.meta.dirname);

/** They need Electron. */
const inPages = [
  'runtime/guest-process/guest-pages',
  'runtime/component/transpiler-pages',
  'kernel/mutated-components',
  'shell/guest-pages/taken-over',
].map((name) => `src-main/${name}.test.ts`);
/** What is run once more on guests in pages. */
const onPages = [
  'host/conformance/conformance',
  'runtime/instance/realm',
  'runtime/instance/tampering',
  'runtime/instance/full-memory',
].map((name) => `src-main/${name}.test.ts`);

/**
 * They measure how long the thread stands still, against an idle one, or how memory or disk of the whole machine grow: they run
 * when nothing else does.
 */
const alone = [
  'src-main/host/hostile-sizes.test.ts',
  'src-main/processes/usage/hostile-memory.test.ts',
  'src-main/processes/usage/hostile-storage.test.ts',
];

// Real processes on a loaded machine of two cores. What is waited for comes in a fraction of this; a limit is only
// to end a test that would hang, and the inner one first, since it tells what never came.
const limits = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 15_000 } } };

/**
 * One process for each file: what a test starts ends with it. Three on two cores, since most of the time a test waits
 * for a process or a deadline.
 */
const aProcessEach = {
  ...limits,
  setupFiles: 'build/test/leak-check.ts',
  pool: 'forks',
  maxWorkers: 3,
} as const;

export default defineConfig({
  test: {
    forceRerunTriggers: startedByFile.map((pattern) => path.join(import.meta.dirname, pattern)),
    projects: [
      {
        test: {
          ...limits,
          name: 'pure',
          include: pure,
          setupFiles: 'build/test/leak-check.ts',
          pool: 'threads',
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          name: 'window',
          include: window,
          environment: 'jsdom',
          setupFiles: 'src-renderer/testing/page.ts',
          pool: 'threads',
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...aProcessEach,
          name: 'system',
          include: system.filter((test) => !alone.includes(test)),
          globalSetup: 'build/test/system-setup.mjs',
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...aProcessEach,
          name: 'alone',
          include: alone,
          globalSetup: 'build/test/system-setup.mjs',
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...aProcessEach,
          name: 'guests',
          include: guests.filter((test) => !inPages.includes(test)),
          // The kernel is loaded once for each worker, not for each file; `leak-check` sees what a file leaves.
          isolate: false,
          globalSetup: ['build/test/system-setup.mjs', 'build/test/guests-setup.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...aProcessEach,
          name: 'pages',
          include: [...inPages, ...onPages],
          env: { GUESTS: 'pages' },
          globalSetup: [
            'build/test/system-setup.mjs',
            'build/test/guests-setup.ts',
            'build/test/pages-setup.mjs',
          ],
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
