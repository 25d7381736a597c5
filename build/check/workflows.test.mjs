import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWorkflows } from './workflows.mjs';
import { root } from '../lib/paths.mjs';
import { runNode } from '../lib/run.mjs';

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'workflows-'));
  mkdirSync(path.join(folder, '.github', 'workflows'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A workflow of one job with these steps. */
function workflow(/** @type {string[]} */ ...steps) {
  const lines = ['on: push', 'jobs:', '  one:', '    runs-on: ubuntu-latest', '    steps:'];
  const text = [...lines, ...steps.map((step) => `      - ${step}`), ''].join('\n');
  writeFileSync(path.join(folder, '.github', 'workflows', 'one.yml'), text);
}

const commit = '0123456789abcdef0123456789abcdef01234567';

describe('the check of the workflows', () => {
  it('finds nothing in ours, as a program too', async () => {
    expect(await checkWorkflows(root)).toEqual([]);
    expect(await runNode(['build/check/workflows.mjs'])).toMatchObject({ status: 0, output: '' });
  });

  it('finds nothing in a good one', async () => {
    workflow(`uses: some/action@${commit} # v1.2.3`, 'run: npm test', 'uses: ./.github/actions/own');
    expect(await checkWorkflows(folder)).toEqual([]);
  });

  it('says file, line and column of a mistake', async () => {
    workflow('run: echo ${{ github.no_such }}');
    const [finding, ...others] = await checkWorkflows(folder);
    expect(others).toEqual([]);
    expect(finding).toMatch(/^\.github.workflows.one\.yml:6:\d+: .*no_such/);
  });

  it.each([
    ['a tag', 'some/action@v1'],
    ['a branch', 'some/action@main'],
    ['a short commit', 'some/action@0123456 # v1.2.3'],
    ['a commit without its version', `some/action@${commit}`],
  ])('refuses an action named by %s', async (_title, action) => {
    workflow(`uses: ${action}`);
    expect(await checkWorkflows(folder)).toEqual([
      `${path.join('.github', 'workflows', 'one.yml')}:6:9: name the action by a full commit`,
    ]);
  });

  it('does not pass when there is nothing to check', async () => {
    expect(await checkWorkflows(folder)).toHaveLength(1);
  });
});
