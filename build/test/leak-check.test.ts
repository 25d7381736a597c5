import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFile, root } from '../lib/paths.mjs';

/** Suites whose one test passes, by name: what they leave open, and what is told of it. */
const leaking: Readonly<Record<string, readonly [body: string, told: string]>> = {
  disposable: ['new DisposableStore();', 'DisposableStore was opened here'],
  handles: ['new HandleTable(() => undefined);', 'HandleTable was opened here'],
  timer: ['setInterval(() => undefined, 1000);', 'An interval was set here'],
  process: ["spawn('sleep', ['30']);", '1 × ProcessWrap'],
};
const CLEAN = `
  const store = new DisposableStore();
  await store.dispose();
  new HandleTable(() => undefined).dispose();
  clearInterval(setInterval(() => undefined, 1000));
`;

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
  }[];
}

let folder: string;
let report: Report;

/** All in one run of the runner: each waits for what may still end. */
beforeAll(() => {
  folder = mkdtempSync(path.join(root, 'node_modules', '.cache', 'leaking-'));
  const suites = {
    ...Object.fromEntries(Object.entries(leaking).map(([name, [body]]) => [name, body])),
    clean: CLEAN,
  };
  for (const [name, body] of Object.entries(suites)) {
    writeFileSync(
      path.join(folder, `${name}.test.ts`),
      `import { spawn } from 'node:child_process';
       import { it } from 'vitest';
       import { DisposableStore } from '${root}/src-main/base/disposable.ts';
       import { HandleTable } from '${root}/src-main/host/pipeline/handle-table.ts';
       void spawn;
       it('passes', async () => { ${body} });`,
    );
  }
  const config = path.join(folder, 'vitest.config.mjs');
  const reportFile = path.join(folder, 'report.json');
  writeFileSync(
    config,
    `export default { root: ${JSON.stringify(root)}, test: { include: [${JSON.stringify(`${folder}/*.test.ts`)}],
      exclude: [], setupFiles: 'build/test/leak-check.ts', hookTimeout: 30000, maxWorkers: 5,
      reporters: ['json'], outputFile: ${JSON.stringify(reportFile)} } };`,
  );
  spawnSync(process.execPath, [packageFile('vitest/vitest.mjs'), 'run', '--config', config], { cwd: root });
  report = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
});

afterAll(() => rmSync(folder, { recursive: true }));

const resultOf = (name: string): { readonly status: string | undefined; readonly message: string } => {
  const found = report.testResults.find((each) => path.basename(each.name) === `${name}.test.ts`);
  return { status: found?.status, message: found?.message ?? '' };
};

describe('the leak check', () => {
  it.each(Object.entries(leaking))(
    'fails a suite that leaves a %s open, though its test passes',
    (name, [, told]) => {
      const { status, message } = resultOf(name);
      expect(status).toBe('failed');
      expect(message).toContain('The suite leaves something open.');
      expect(message).toContain(told);
    },
  );

  it('passes one that ends what it opens', () => {
    expect(resultOf('clean')).toMatchObject({ status: 'passed', message: '' });
  });
});
