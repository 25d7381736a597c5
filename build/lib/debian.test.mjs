import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canInstall, missingOf, versionOf } from './debian.mjs';

/** @type {string} */
let database;

function entry(/** @type {string} */ name, /** @type {string} */ status, /** @type {string} */ version) {
  return `Package: ${name}\nStatus: ${status}\nVersion: ${version}\nArchitecture: all\nMaintainer: x\nDescription: x\n`;
}

beforeAll(() => {
  database = mkdtempSync(path.join(tmpdir(), 'dpkg-'));
  mkdirSync(path.join(database, 'info'));
  mkdirSync(path.join(database, 'updates'));
  const status = [
    entry('there', 'install ok installed', '1.2.3'),
    entry('half', 'install reinstreq half-installed', '0.1.0~test~electron33.2.1'),
    entry('removed', 'deinstall ok config-files', '1.0'),
  ];
  writeFileSync(path.join(database, 'status'), status.join('\n'));
});
afterAll(() => rmSync(database, { recursive: true, force: true }));

describe.skipIf(!existsSync('/usr/bin/dpkg-query'))('what dpkg knows', () => {
  it.each([
    ['there', '1.2.3'],
    ['half', '0.1.0~test~electron33.2.1'],
    ['removed', null],
    ['never-heard-of', null],
  ])('of the package %s is the version %s', async (name, version) => {
    expect(await versionOf(name, database)).toBe(version);
  });

  it('tells which dependencies nothing fulfils', async () => {
    const depends = 'there, lost | there, lost,removed | never-heard-of\n';
    expect(await missingOf(depends, database)).toEqual([['lost'], ['removed', 'never-heard-of']]);
  });
});

describe.skipIf(!existsSync('/usr/bin/apt-cache'))('what apt can install', () => {
  it.each([
    ['dpkg', true],
    // A name that base packages depend on and others fulfil: `apt-cache show` succeeds for it.
    ['awk', false],
    ['never-heard-of', false],
  ])('is %s: %s', async (name, known) => {
    expect(await canInstall(name)).toBe(known);
  });
});
