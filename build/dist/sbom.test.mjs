import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../lib/paths.mjs';
import { readPackages } from './notices-packages.mjs';
import { sbom } from './sbom.mjs';

const product = {
  name: 'Capsule Desktop',
  version: '1.2.3',
  commit: '0123abc',
  date: '2026-01-02T03:04:05Z',
  electron: { version: '45.4.1', chromium: '150.0.1.2', node: '24.1.0' },
};

/** Everything that lies at the top of node_modules and has what a component needs: names of all kinds. */
function manyPackages() {
  const names = readdirSync(path.join(root, 'node_modules')).flatMap((name) =>
    name.startsWith('@')
      ? readdirSync(path.join(root, 'node_modules', name)).map((below) => `${name}/${below}`)
      : [name],
  );
  const folders = names.filter((name) => !name.startsWith('.')).map((name) => `node_modules/${name}`);
  // Electron is the platform, which is listed of itself.
  return readPackages(folders).filter((one) => one.licence && one.name !== 'electron');
}

const shipped = manyPackages();

/**
 * What is in it, read back; `sbom` has checked it against the schema of CycloneDX.
 * @param {import('./notices-packages.mjs').Shipped[]} list
 * @param {import('./sbom.mjs').Product} [made]
 */
async function billOf(list, made = product) {
  return JSON.parse(await sbom(list, made));
}

/** https://github.com/package-url/purl-spec: type, namespace, name, version; no unescaped @ but the version's. */
const PURL = /^pkg:(npm|cargo|generic|github)\/((?:%40)?[\w.~-]+\/)?[\w.~-]+(@[\w.~+%-]+)?$/;

describe('the bill of materials', () => {
  it('is CycloneDX 1.6 about this build', async () => {
    const bill = await billOf(shipped);
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      serialNumber: expect.stringMatching(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      metadata: {
        timestamp: '2026-01-02T03:04:05.000Z',
        component: {
          type: 'application',
          name: 'Capsule Desktop',
          version: '1.2.3',
          properties: [{ name: 'capsule-desktop:commit', value: '0123abc' }],
        },
      },
    });
  });

  it('has a component with type, name, licence and a package URL that parses for every package', async () => {
    const { components } = await billOf(shipped);
    for (const component of components) {
      expect(component.type).toMatch(/^(library|framework)$/);
      expect(component.name).toMatch(/^[^@/\s]+$/);
      expect(component.purl).toMatch(PURL);
      expect(component.licenses, component.purl).toHaveLength(1);
    }
    const listed = new Set(components.map((/** @type {{purl: string}} */ { purl }) => purl));
    expect(shipped.length).toBeGreaterThan(200);
    expect(shipped.filter((one) => !listed.has(one.purl))).toEqual([]);
  });

  it('has references that are unique, and all of them in the list of dependencies', async () => {
    const { components, dependencies, metadata } = await billOf(shipped);
    const references = components.map((/** @type {{'bom-ref': string}} */ one) => one['bom-ref']);
    const all = [metadata.component['bom-ref'], ...references];
    expect(new Set(all).size).toBe(all.length);
    expect(dependencies.map((/** @type {{ref: string}} */ { ref }) => ref)).toEqual(all);
    expect(dependencies[0]).toMatchObject({ dependsOn: references });
  });

  it('has a scope as the group, and the hashes of the lock file in hexadecimal', async () => {
    const digests = ['sha512', 'sha1'].map((name) => createHash(name).update('x').digest());
    const one = {
      name: '@a/b',
      version: '1.0.0',
      purl: 'pkg:npm/%40a/b@1.0.0',
      licence: '(Apache-2.0 WITH LLVM-exception)',
      repository: 'https://github.com/a/b',
      integrity: `sha512-${digests[0]?.toString('base64')} sha1-${digests[1]?.toString('base64')}`,
      texts: ['text'],
    };
    expect((await billOf([one])).components).toContainEqual({
      type: 'library',
      'bom-ref': 'pkg:npm/%40a/b@1.0.0',
      group: '@a',
      name: 'b',
      version: '1.0.0',
      purl: 'pkg:npm/%40a/b@1.0.0',
      licenses: [{ expression: '(Apache-2.0 WITH LLVM-exception)' }],
      hashes: [
        { alg: 'SHA-512', content: digests[0]?.toString('hex') },
        { alg: 'SHA-1', content: digests[1]?.toString('hex') },
      ],
      externalReferences: [{ type: 'vcs', url: 'https://github.com/a/b' }],
    });
  });

  it('has Electron, and of Chromium and Node what is known', async () => {
    const names = async (/** @type {typeof product['electron'] | {version: string}} */ electron) => {
      const { components } = await billOf([], { ...product, electron });
      return components.map((/** @type {{purl: string}} */ { purl }) => purl);
    };
    expect(await names(product.electron)).toEqual([
      'pkg:generic/chromium@150.0.1.2',
      'pkg:generic/node@24.1.0',
      'pkg:npm/electron@45.4.1',
    ]);
    expect(await names({ version: '33.2.1' })).toEqual(['pkg:npm/electron@33.2.1']);
  });

  it('is the same for the same input in any order, and another for another', async () => {
    const text = await sbom(shipped, product);
    expect(await sbom([...shipped].reverse(), product)).toBe(text);
    const other = await billOf(shipped.slice(1));
    expect(other.serialNumber).not.toBe(JSON.parse(text).serialNumber);
  });

  it('is not made for a date that is none', async () => {
    await expect(sbom([], { ...product, date: 'yesterday' })).rejects.toThrow(/not a date/);
  });

  it('is not made when it would not be valid', async () => {
    const one = { name: 'a', version: '1.0.0', purl: 'pkg:npm/a@1.0.0', licence: 'MIT', texts: ['text'] };
    const cut = { ...one, integrity: 'sha512-c2hvcnQ=' };
    await expect(sbom([cut], product)).rejects.toThrow('unparsable');
    const named = { ...one, name: /** @type {any} */ (1) };
    await expect(sbom([named], product)).rejects.toThrow(/not valid CycloneDX 1\.6: .*\/name/);
  });
});
