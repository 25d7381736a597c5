import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../lib/paths.mjs';
import { cratesIn, readCrates } from './notices-crates.mjs';
import { TEXTS_NOT_IN_PACKAGES } from './notices-known.mjs';
import { packagesOf, readPackages } from './notices-packages.mjs';
import { assertLicences, isAllowed } from './notices-policy.mjs';
import { NOTICES_FILE, SBOM_FILE, thirdPartyNotices, writeNotices } from './notices.mjs';

/** @type {string} */
let folder;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'notices-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What esbuild really bundles for a program with two packages. */
async function bundledInputs() {
  const { metafile } = await build({
    stdin: { contents: "import 'zod'; export { execa } from 'execa';", resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs);
}

/** A package of its own in a folder that has a lock file. */
function fakePackage(
  /** @type {string} */ name,
  /** @type {object} */ manifest,
  /** @type {Record<string, string>} */ files,
) {
  const place = path.join(folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: {} }));
  writeFileSync(path.join(place, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(path.join(place, file), text);
  }
  return readPackages([`node_modules/${name}`], folder)[0];
}

function wasmWith(/** @type {string[]} */ texts) {
  const file = path.join(folder, 'some.wasm');
  writeFileSync(file, `\0asm\0${texts.join('\0\xff')}`, 'latin1');
  return file;
}

const facts = { version: '1.2.3', commit: '0123abc', date: '2026-01-02T03:04:05Z', electron: '45.4.1' };

describe('the packages of a bundle', () => {
  it.each([
    ['our own files', ['src-main/main.ts', 'wit/world.wit'], []],
    ['one package once', ['node_modules/a/x.js', 'node_modules/a/lib/y.js'], ['node_modules/a']],
    [
      'a scope',
      ['node_modules/@s/a/x.js', 'node_modules/@s/b/x.js'],
      ['node_modules/@s/a', 'node_modules/@s/b'],
    ],
    [
      'a package below another',
      ['node_modules/a/node_modules/@s/b/dist/x.js', 'node_modules/a/x.js'],
      ['node_modules/a', 'node_modules/a/node_modules/@s/b'],
    ],
    ['paths of Windows', ['node_modules\\@s\\a\\x.js'], ['node_modules/@s/a']],
    ['a folder with a similar name', ['src/not_node_modules/a/x.js'], []],
  ])('are found for %s', (_title, inputs, expected) => {
    expect(packagesOf(inputs)).toEqual(expected);
  });

  it('are read with version, licence, address, hash and text', async () => {
    const packages = readPackages(packagesOf(await bundledInputs()));
    const zod = packages.find((one) => one.name === 'zod');
    const installed = JSON.parse(readFileSync(path.join(root, 'node_modules/zod/package.json'), 'utf8'));
    expect(zod).toMatchObject({
      version: installed.version,
      purl: `pkg:npm/zod@${installed.version}`,
      licence: 'MIT',
      repository: 'https://github.com/colinhacks/zod',
      integrity: expect.stringMatching(/^sha512-/),
    });
    expect(zod?.texts.join('')).toContain('Colin McDonnell');
    expect(packages.map((one) => one.name)).toContain('@sindresorhus/merge-streams');
  });

  it.each([
    ['git+ssh://git@github.com/a/b.git', 'https://github.com/a/b'],
    ['git@github.com:a/b.git', 'https://github.com/a/b'],
    ['github:a/b', 'https://github.com/a/b'],
    ['a/b', 'https://github.com/a/b'],
    ['gitlab:a/b', undefined],
  ])('have the repository %s as %s', (repository, expected) => {
    expect(fakePackage('address', { license: 'MIT', repository }, {})?.repository).toBe(expected);
  });

  it('take the texts of all licence files, but no code', () => {
    const files = { LICENSE: 'one', 'license-MIT.md': 'two', 'NOTICE.txt': 'three', 'license.js': 'code' };
    expect(fakePackage('files', {}, files)?.texts.sort()).toEqual(['one', 'three', 'two']);
  });

  it('have known licences in the ways of old packages too', () => {
    expect(fakePackage('old', { licenses: [{ type: 'MIT' }, { type: 'ISC' }] }, {})?.licence).toBe(
      'MIT OR ISC',
    );
  });
});

describe('the licence policy', () => {
  it.each([
    ['MIT', true],
    ['(Apache-2.0 WITH LLVM-exception)', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['GPL-3.0-only OR (MIT AND ISC)', true],
    ['MIT AND GPL-3.0-only', false],
    ['MIT AND (ISC OR GPL-3.0-only)', true],
    ['((MIT OR GPL-3.0-only) AND ISC) OR AGPL-3.0-only', true],
    ['((MIT AND GPL-3.0-only) OR AGPL-3.0-only) AND ISC', false],
    ['Apache-2.0 WITH Some-exception', false],
    ['MIT/X11', false],
    ['GPL-2.0-only WITH LLVM-exception', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['UNLICENSED', false],
    ['(MIT', false],
    ['MIT)', false],
    ['', false],
  ])('of %j says %s', (expression, expected) => {
    expect(isAllowed(expression)).toBe(expected);
  });

  it('names what it refuses, and what has no text', () => {
    const good = { name: 'good', version: '1.0.0', licence: 'MIT', texts: ['text'] };
    expect(() => assertLicences([good])).not.toThrow();
    expect(() => assertLicences([good, { ...good, name: 'copyleft', licence: 'AGPL-3.0-only' }])).toThrow(
      /copyleft 1\.0\.0 \(AGPL-3\.0-only\)/,
    );
    expect(() => assertLicences([good, { ...good, name: 'silent', texts: [] }])).toThrow(/silent 1\.0\.0/);
  });

  it('keeps texts by hand only for packages that really have none', () => {
    for (const name of Object.keys(TEXTS_NOT_IN_PACKAGES)) {
      const files = readdirSync(path.join(root, 'node_modules', name));
      expect(
        files.filter((file) => /licen[cs]e/i.test(file)),
        name,
      ).toEqual([]);
    }
  });
});

describe('what is compiled into WebAssembly', () => {
  it('is read from the paths in its messages', () => {
    const text =
      '/r/index.crates.io-1/a-b-1.2.3/src/lib.rs\0C:\\r\\c_d-0.1.0\\src\\x.rs\0/a-b-1.2.3/src/y.rs';
    expect(cratesIn(Buffer.from(text))).toEqual(['a-b-1.2.3', 'c_d-0.1.0']);
  });

  it('is listed with texts, QuickJS and its tool included', () => {
    const file = wasmWith(['/x/rquickjs-core-0.13.0/src/value.rs', '/x/smallvec-1.15.2/src/lib.rs']);
    const crates = readCrates([file]);
    expect(crates.map((one) => one.name)).toEqual([
      'rquickjs-core',
      'smallvec',
      'quickjs-ng',
      'componentize-qjs',
    ]);
    expect(() => assertLicences(crates)).not.toThrow();
    expect(crates[1]?.texts.join('')).toContain('Apache License');
  });

  it('is an error when a crate is not known', () => {
    expect(() => readCrates([wasmWith(['/x/brand-new-0.1.0/src/lib.rs'])])).toThrow(/brand-new-0\.1\.0/);
  });
});

describe('the notices', () => {
  it('print a text once for all that share it', () => {
    const one = { purl: 'pkg:npm/a@1', licence: 'MIT', texts: ['the text\r\n'], version: '1' };
    const text = thirdPartyNotices(
      [
        { ...one, name: 'a' },
        { ...one, name: 'b', texts: ['\nthe text', 'a notice'] },
      ],
      { name: 'Ours', version: '1.2.3' },
    );
    expect(text.match(/the text/g)).toHaveLength(1);
    expect(text).toMatch(/=\na 1\nb 1\n=+\n\nthe text\n/);
    expect(text).toMatch(/=\nb 1\n=+\n\na notice\n/);
  });

  it('are written with the bill of materials, the same bytes each time', async () => {
    const options = {
      inputs: await bundledInputs(),
      wasm: [wasmWith(['/x/rquickjs-core-0.13.0/src/value.rs'])],
      ...facts,
    };
    const write = async (/** @type {string} */ name) => {
      const out = path.join(folder, name);
      await writeNotices({ ...options, folder: out });
      return [NOTICES_FILE, SBOM_FILE].map((file) => readFileSync(path.join(out, file), 'utf8'));
    };
    const [notices = '', bill = ''] = await write('first');
    expect(await write('second')).toEqual([notices, bill]);
    expect(notices).toContain('Capsule Desktop 1.2.3');
    expect(notices).toContain('Fabrice Bellard');
    expect(notices).toContain('Colin McDonnell');
    /** @type {{components: {purl: string}[]}} */
    const { components } = JSON.parse(bill);
    const listed = components.map(({ purl }) => purl.replace(/@[^@]*$/, ''));
    expect(listed).toEqual(
      expect.arrayContaining(['pkg:cargo/rquickjs-core', 'pkg:npm/electron', 'pkg:npm/execa', 'pkg:npm/zod']),
    );
  });

  it('write nothing when a licence is not allowed', async () => {
    const out = path.join(folder, 'refused');
    // A package of the tool chain that is under the Mozilla licence.
    const inputs = ['node_modules/axe-core/axe.js'];
    await expect(writeNotices({ inputs, wasm: [], folder: out, ...facts })).rejects.toThrow(
      /axe-core .*MPL-2\.0/,
    );
    expect(readdirSync(folder)).not.toContain('refused');
  });
});
