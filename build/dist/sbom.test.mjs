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
const bill = sbom(shipped, product);

/** https://github.com/package-url/purl-spec: type, namespace, name, version; no unescaped @ but the version's. */
const PURL = /^pkg:(npm|cargo|generic|github)\/((?:%40)?[\w.~-]+\/)?[\w.~-]+(@[\w.~+%-]+)?$/;

describe('the bill of materials', () => {
  it('has the fields that CycloneDX 1.6 asks for', () => {
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      serialNumber: expect.stringMatching(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ),
      metadata: {
        timestamp: '2026-01-02T03:04:05.000Z',
        component: { type: 'application', name: 'Capsule Desktop', version: '1.2.3' },
      },
    });
    expect(JSON.stringify(bill)).toContain('0123abc');
  });

  it('has a component with type, name, licence and a package URL that parses for every package', () => {
    for (const component of bill.components) {
      expect(component.type).toMatch(/^(library|framework)$/);
      expect(component.name).toMatch(/^[^@/\s]+$/);
      expect(component.purl).toMatch(PURL);
      expect(component.licenses, component.purl).toHaveLength(1);
    }
    const listed = new Set(bill.components.map((component) => component.purl));
    expect(shipped.length).toBeGreaterThan(200);
    expect(shipped.filter((one) => !listed.has(one.purl))).toEqual([]);
  });

  it('has references that are unique, and all of them in the list of dependencies', () => {
    const references = bill.components.map((component) => component['bom-ref']);
    const all = [bill.metadata.component['bom-ref'], ...references];
    expect(new Set(all).size).toBe(all.length);
    expect(bill.dependencies.map((one) => one.ref)).toEqual(all);
    expect(bill.dependencies[0]).toMatchObject({ dependsOn: references });
  });

  it('has a scope as the group, and the hash of the lock file in hexadecimal', () => {
    const digest = createHash('sha512').update('x').digest();
    const one = {
      name: '@a/b',
      version: '1.0.0',
      purl: 'pkg:npm/%40a/b@1.0.0',
      licence: '(Apache-2.0 WITH LLVM-exception)',
      integrity: `sha512-${digest.toString('base64')}`,
      texts: ['text'],
    };
    expect(sbom([one], product).components).toContainEqual({
      type: 'library',
      'bom-ref': 'pkg:npm/%40a/b@1.0.0',
      group: '@a',
      name: 'b',
      version: '1.0.0',
      purl: 'pkg:npm/%40a/b@1.0.0',
      licenses: [{ expression: '(Apache-2.0 WITH LLVM-exception)' }],
      hashes: [{ alg: 'SHA-512', content: digest.toString('hex') }],
    });
  });

  it('has Electron, and of Chromium and Node what is known', () => {
    const names = (/** @type {typeof product['electron'] | {version: string}} */ electron) =>
      sbom([], { ...product, electron }).components.map((one) => one.purl);
    expect(names(product.electron)).toEqual([
      'pkg:generic/chromium@150.0.1.2',
      'pkg:generic/node@24.1.0',
      'pkg:npm/electron@45.4.1',
    ]);
    expect(names({ version: '33.2.1' })).toEqual(['pkg:npm/electron@33.2.1']);
  });

  it('is the same for the same input in any order, and another for another', () => {
    const again = sbom([...shipped].reverse(), product);
    expect(again).toEqual(bill);
    expect(sbom(shipped.slice(1), product).serialNumber).not.toBe(bill.serialNumber);
  });

  it('is not made for a date that is none', () => {
    expect(() => sbom([], { ...product, date: 'yesterday' })).toThrow(/not a date/);
  });
});
