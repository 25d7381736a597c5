import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transpileBytes } from '@bytecodealliance/jco-transpile';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildCapsule } from './build.mjs';
import { packCapsule } from './pack.mjs';

const MANIFEST = '[package]\nname = "small"\nversion = "1.0.0"\n';
const HOOK = `export function astridHookTrigger() { return { action: 'continue' }; }\n`;

/** @type {string} */
let folder;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsule-build-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** @param {Record<string, string>} files */
async function write(files) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

describe('buildCapsule', () => {
  it('makes a component that imports what the source uses, and no more', async () => {
    await write({
      'Capsule.toml': MANIFEST,
      'capsule.ts': `import { log } from 'astrid:sys/host@1.0.0';
        import { kvGet } from 'astrid:kv/host@1.0.0';
        import { type ProcessInfo } from 'astrid:process/host@1.0.0';
        const unused = (info: ProcessInfo) => kvGet(info.id);
        export function run(): void { log('info', 'hello'); }
        ${HOOK}`,
    });
    const built = await buildCapsule(folder);
    expect(built).toMatchObject({
      name: 'small',
      file: join(folder, 'build', 'small.wasm'),
      interfaces: ['astrid:sys/host@1.0.0'],
      exports: ['astridHookTrigger', 'run'],
    });
    const bytes = await readFile(built.file);
    expect(bytes.length).toBe(built.bytes);
    expect(bytes.subarray(0, 8).toString('hex')).toBe('0061736d0d000100');
    const transpiled = await transpileBytes(new Uint8Array(bytes), { name: 'small', instantiation: 'sync' });
    expect(transpiled.imports).toEqual(['astrid:sys/host']);
  });

  it.each([
    ['no manifest', {}, 'manifest-missing', 'Capsule.toml cannot be read'],
    ['a manifest that is not TOML', { 'Capsule.toml': '[package' }, 'manifest-invalid', 'Capsule.toml'],
    [
      'a name with capitals',
      { 'Capsule.toml': '[package]\nname = "Small"' },
      'manifest-invalid',
      'lower-case',
    ],
    [
      'a component outside the folder',
      { 'Capsule.toml': `${MANIFEST}[[component]]\nfile = "../small.wasm"` },
      'manifest-invalid',
      'outside',
    ],
    ['no source', { 'Capsule.toml': MANIFEST }, 'source-missing', 'capsule.ts does not exist'],
    [
      'a syntax error',
      { 'Capsule.toml': MANIFEST, 'capsule.ts': 'export const a = 1;\nconst = 2;' },
      'source-invalid',
      'capsule.ts:2:7: Expected identifier',
    ],
    [
      'an unknown host interface',
      { 'Capsule.toml': MANIFEST, 'capsule.ts': `import { a } from 'astrid:nope/host@1.0.0';\na();` },
      'source-invalid',
      'capsule.ts:1:19: Unknown host interface astrid:nope/host@1.0.0',
    ],
    [
      'two versions of one package',
      {
        'Capsule.toml': MANIFEST,
        'capsule.ts': `import { status } from 'astrid:process/host@1.0.0';
          import { status as newer } from 'astrid:process/host@1.1.0';
          export const run = () => status(newer('x').id);`,
      },
      'source-invalid',
      'imports both',
    ],
    [
      'no export',
      { 'Capsule.toml': MANIFEST, 'capsule.ts': 'export const a = 1;' },
      'export-missing',
      'exports no function',
    ],
    [
      'an import that the interface does not have',
      {
        'Capsule.toml': MANIFEST,
        'capsule.ts': `import { nope } from 'astrid:sys/host@1.0.0';\nexport const run = () => nope();`,
      },
      'componentize-failed',
      `Could not find export 'nope'`,
    ],
  ])('refuses %s and says what to do', async (_title, files, code, message) => {
    await write(files);
    await expect(buildCapsule(folder)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.stringMatching(/\S/),
    });
  });
});

describe('packCapsule', () => {
  it('packs the manifest, the component, sorted extras and wit, the same bytes each time', async () => {
    await write({
      'Capsule.toml': `${MANIFEST}license-file = "COPYING"\n[[component]]\nfile = "build/small.wasm"\n`,
      'capsule.ts': HOOK,
      'build/small.wasm': 'stand-in',
      'wit/own.wit': 'package own:own;',
      'README.md': '# small',
      COPYING: 'MIT',
      'assets/b.txt': 'b',
      'assets/a/c.txt': 'c',
    });
    const first = await packCapsule(folder);
    expect(first.files).toEqual([
      'Capsule.toml',
      'build/small.wasm',
      'COPYING',
      'README.md',
      'assets/a/c.txt',
      'assets/b.txt',
      'wit/own.wit',
    ]);
    const second = await packCapsule(folder);
    expect(second.archive.equals(first.archive)).toBe(true);
    expect(first.archive.subarray(0, 10).toString('hex')).toBe('1f8b08000000000002ff');
  });

  it('refuses what was not built, and a named file that is not there', async () => {
    await write({ 'Capsule.toml': MANIFEST });
    await expect(packCapsule(folder)).rejects.toMatchObject({ code: 'component-missing' });
    await write({ 'Capsule.toml': `${MANIFEST}readme = "READ.ME"`, 'build/small.wasm': 'stand-in' });
    await expect(packCapsule(folder)).rejects.toMatchObject({ code: 'file-missing' });
  });

  it.each([
    ['the readme is a link out of the folder', 'README.md'],
    ['the component is one', 'build/small.wasm'],
    ['the manifest is one', 'Capsule.toml'],
  ])('brings nothing of the operator into the archive: %s', async (_what, name) => {
    const manifest = `${MANIFEST}[[component]]\nfile = "build/small.wasm"\n`;
    await write({ 'Capsule.toml': manifest, 'build/small.wasm': 'stand-in', 'README.md': '# small' });
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    await writeFile(join(outside, 'file'), manifest);
    await rm(join(folder, name));
    await symlink(join(outside, 'file'), join(folder, name));
    await expect(packCapsule(folder)).rejects.toMatchObject({
      code: expect.stringMatching(/^(file-outside|manifest-missing)$/),
    });
    await rm(outside, { recursive: true });
  });
});
