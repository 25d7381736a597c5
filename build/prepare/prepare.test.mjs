import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNodeVersion } from './node-version.mjs';
import { isInstalled } from './npm-packages.mjs';
import { packagesFor } from './package-names.mjs';
import { distributionFamily } from './system-packages.mjs';

describe('the check of the Node version', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('accepts %s', (version) => {
    expect(checkNodeVersion(version)).toEqual({ note: version });
  });

  it.each(['20.18.3', '18.20.0', '4.0.0'])('refuses %s and says what is needed', (version) => {
    expect(() => checkNodeVersion(version)).toThrow(`This is Node ${version}; Capsule Desktop needs 20.19`);
  });
});

describe('the family of a distribution', () => {
  it.each([
    ['ID=debian\n', 'debian'],
    ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', 'debian'],
    ['ID=fedora\n', 'fedora'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora'],
    ['ID=arch\n', 'arch'],
    ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'suse'],
    ['', 'debian'],
  ])('of %j is %s', (osRelease, family) => {
    expect(distributionFamily(osRelease)).toBe(family);
  });
});

describe('the names of packages', () => {
  const missing = ['xvfb-run', 'Xvfb', 'libnss3.so', 'libnssutil3.so', 'bwrap'];

  it.each(
    /** @type {const} */ ([
      ['debian', ['bubblewrap', 'libnss3', 'xvfb']],
      ['fedora', ['bubblewrap', 'libnss3.so()(64bit)', 'libnssutil3.so()(64bit)', 'xorg-x11-server-Xvfb']],
      ['arch', ['alsa-lib', 'bubblewrap', 'gtk3', 'libcups', 'mesa', 'nss', 'xorg-server-xvfb']],
      [
        'suse',
        ['bubblewrap', 'libnss3.so()(64bit)', 'libnssutil3.so()(64bit)', 'xorg-x11-server-Xvfb', 'xvfb-run'],
      ],
    ]),
  )('on %s come once each', (family, names) => {
    expect(packagesFor(missing, family)).toEqual(names);
  });
});

describe('installed npm packages', () => {
  const tool = { version: '1.0.0', integrity: 'sha512-a' };
  const foreign = { version: '2.0.0', optional: true };
  /** @type {string} */
  let folder;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'packages-'));
    mkdirSync(path.join(folder, 'node_modules'));
    writeLock('package-lock.json', { '': {}, 'node_modules/tool': tool, 'node_modules/foreign': foreign });
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function writeLock(/** @type {string} */ file, /** @type {object} */ packages) {
    writeFileSync(path.join(folder, file), JSON.stringify({ packages }));
  }

  it('are missing in a fresh clone', () => {
    expect(isInstalled(folder)).toBe(false);
  });

  it('may lack optional packages for other machines', () => {
    writeLock('node_modules/.package-lock.json', { 'node_modules/tool': tool });
    expect(isInstalled(folder)).toBe(true);
  });

  it.each([
    ['a package is missing', {}],
    ['a version differs', { 'node_modules/tool': { ...tool, version: '1.0.1' } }],
    ['a content differs', { 'node_modules/tool': { ...tool, integrity: 'sha512-b' } }],
    ['one is left over', { 'node_modules/tool': tool, 'node_modules/old': tool }],
  ])('are stale when %s', (_title, packages) => {
    writeLock('node_modules/.package-lock.json', packages);
    expect(isInstalled(folder)).toBe(false);
  });

  it('are stale when what npm wrote down was cut short', () => {
    writeFileSync(path.join(folder, 'node_modules', '.package-lock.json'), '{"packages":{"node_mo');
    expect(isInstalled(folder)).toBe(false);
  });
});
