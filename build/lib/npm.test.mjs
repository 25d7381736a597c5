import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { npmCommand, runNpm } from './npm.mjs';

/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'npm-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(/** @type {string[]} */ ...names) {
  const name = path.join(folder, ...names);
  mkdirSync(path.dirname(name), { recursive: true });
  writeFileSync(name, '');
  return name;
}

describe('npm', () => {
  it('is the one that started us', () => {
    const npm = file('elsewhere', 'npm-cli.js');
    expect(npmCommand(npm, '/bin/node')).toEqual(['/bin/node', npm]);
  });

  it('is not another package manager that started us, but the one beside Node', () => {
    const node = path.join(folder, 'node');
    const npm = file('node_modules', 'npm', 'bin', 'npm-cli.js');
    expect(npmCommand(file('pnpm.cjs'), node)).toEqual([node, npm]);
  });

  it('is looked for on the PATH when it is nowhere else', () => {
    expect(npmCommand(undefined, path.join(folder, 'node'))).toEqual(['npm']);
    expect(npmCommand(path.join(folder, 'npm-cli.js'), path.join(folder, 'node'))).toEqual(['npm']);
  });

  it('runs', async () => {
    const { status, stdout } = await runNpm(['--version']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });
});
