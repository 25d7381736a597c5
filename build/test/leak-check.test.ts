import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageFile, root } from '../lib/paths.mjs';

/** Runs one suite of its own under the check and answers what the runner wrote. */
function run(suite: string): { readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(path.join(root, 'node_modules', '.cache', 'leaking-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'leaking.test.ts');
  writeFileSync(
    file,
    `import { it } from 'vitest';
     import { DisposableStore } from '${root}/src-main/base/disposable.ts';
     import { HandleTable } from '${root}/src-main/host/pipeline/handle-table.ts';
     it('passes', async () => { ${suite} });`,
  );
  const config = path.join(folder, 'vitest.config.mjs');
  writeFileSync(
    config,
    `export default { root: ${JSON.stringify(root)}, test: { include: [${JSON.stringify(file)}], exclude: [],
      setupFiles: 'build/test/leak-check.ts', hookTimeout: 30000 } };`,
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [packageFile('vitest/vitest.mjs'), 'run', '--config', config],
    { cwd: root, encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
}

it.each([
  ['a disposable', 'new DisposableStore();', 'DisposableStore was opened here'],
  ['handles', 'new HandleTable(() => undefined);', 'HandleTable was opened here'],
  ['a timer', 'setInterval(() => undefined, 1000);', 'An interval was set here'],
  [
    'a process',
    "const { spawn } = await import('node:child_process'); spawn('sleep', ['30']);",
    '1 × ProcessWrap',
  ],
])('a suite that leaves %s open fails, though its tests pass', (_name, suite, told) => {
  const { status, output } = run(suite);
  expect(output).toContain('The suite leaves something open.');
  expect(output).toContain(told);
  expect(status).toBe(1);
});

it('one that ends what it opens passes', () => {
  const { status, output } = run(
    'const store = new DisposableStore(); await store.dispose(); new HandleTable(() => undefined).dispose();',
  );
  expect(output).toContain('1 passed');
  expect(status).toBe(0);
});
