import { createHash } from 'node:crypto';

/** @typedef {import('./notices-packages.mjs').Shipped} Shipped */

/**
 * @typedef {object} Product
 * @property {string} name
 * @property {string} version
 * @property {string} commit
 * @property {string} date of the build, ISO 8601 in UTC
 * @property {{version: string, chromium?: string, node?: string}} electron
 */

/** The hash functions of package-lock.json as CycloneDX calls them. @type {Record<string, string>} */
const HASHES = { sha512: 'SHA-512', sha256: 'SHA-256', sha1: 'SHA-1' };

/**
 * The bill of materials as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). The same input gives the same
 * bytes: the serial number is a hash of the rest. `npm sbom` lists what is installed; we list what is bundled.
 *
 * @param {Shipped[]} shipped each purl once
 * @param {Product} product
 */
export function sbom(shipped, { name, version, commit, date, electron }) {
  if (Number.isNaN(Date.parse(date))) {
    throw new Error(`not a date: ${date}`);
  }
  const components = [...shipped.map(component), ...platform(electron)];
  components.sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const self = `${name}@${version}`;
  const content = {
    version: 1,
    metadata: {
      timestamp: new Date(date).toISOString(),
      component: {
        type: 'application',
        'bom-ref': self,
        name,
        version,
        licenses: licences('MIT'),
        properties: [{ name: 'capsule-desktop:commit', value: commit }],
      },
    },
    components,
    // All is bundled into one program: what needed what is no longer to be seen in it.
    dependencies: [
      { ref: self, dependsOn: components.map((one) => one['bom-ref']) },
      ...components.map((one) => ({ ref: one['bom-ref'] })),
    ],
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
    ...content,
  };
}

function component(/** @type {Shipped} */ one) {
  const [, group, name] = /^(@[^/]+)\/(.+)$/.exec(one.name) ?? [undefined, undefined, one.name];
  return {
    type: 'library',
    'bom-ref': one.purl,
    ...(group && { group }),
    name,
    ...(one.version && { version: one.version }),
    purl: one.purl,
    licenses: licences(one.licence),
    ...(one.integrity && { hashes: hashes(one.integrity) }),
    ...(one.repository && { externalReferences: [{ type: 'vcs', url: one.repository }] }),
  };
}

/** Electron and the two large programs in it; their own notices lie beside the program. */
function platform(/** @type {Product['electron']} */ { version, chromium, node }) {
  const parts = [
    { name: 'electron', version, purl: `pkg:npm/electron@${version}`, licence: 'MIT' },
    {
      name: 'chromium',
      version: chromium,
      purl: `pkg:generic/chromium@${chromium}`,
      licence: 'BSD-3-Clause',
    },
    { name: 'node', version: node, purl: `pkg:generic/node@${node}`, licence: 'MIT' },
  ];
  return parts
    .filter((part) => part.version)
    .map((part) => ({
      type: 'framework',
      'bom-ref': part.purl,
      name: part.name,
      version: part.version,
      purl: part.purl,
      licenses: licences(part.licence),
    }));
}

function licences(/** @type {string} */ licence) {
  return /[\s()]/.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }];
}

function hashes(/** @type {string} */ integrity) {
  return integrity.split(/\s+/).flatMap((one) => {
    const [algorithm = '', digest = ''] = one.split(/-(.*)/s);
    const alg = HASHES[algorithm];
    return alg ? [{ alg, content: Buffer.from(digest, 'base64').toString('hex') }] : [];
  });
}

/** A UUID of version 8 (RFC 9562: of one's own making) from a hash. */
function uuidOf(/** @type {string} */ text) {
  const hash = createHash('sha256').update(text).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
