import { createHash } from 'node:crypto';
import { Contrib, Enums, Models, SPDX, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';

/** @typedef {import('./notices-packages.mjs').Shipped} Shipped */

/**
 * @typedef {object} Product
 * @property {string} name
 * @property {string} version
 * @property {string} commit
 * @property {string} date of the build, ISO 8601 in UTC
 * @property {{version: string, chromium?: string, node?: string}} electron
 */

/**
 * The bill of materials as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), checked against its schema. The same
 * input gives the same bytes: the serial number is a hash of the rest. `npm sbom` lists what is installed; we list
 * what is bundled.
 *
 * @param {Shipped[]} shipped each purl once
 * @param {Product} product
 * @returns {Promise<string>} JSON
 */
export async function sbom(shipped, { name, version, commit, date, electron }) {
  if (Number.isNaN(Date.parse(date))) {
    throw new Error(`not a date: ${date}`);
  }
  const components = [...shipped.map(library), ...platform(electron)];
  // Not by the model itself, which sorts by the language of the machine.
  components.sort((a, b) => (String(a.bomRef) < String(b.bomRef) ? -1 : 1));
  const self = new Models.Component(Enums.ComponentType.Application, name, {
    bomRef: `${name}@${version}`,
    version,
    licenses: licences('MIT'),
    properties: new Models.PropertyRepository([new Models.Property('capsule-desktop:commit', commit)]),
    // All is bundled into one program: what needed what is no longer to be seen in it.
    dependencies: new Models.BomRefRepository(components.map((one) => one.bomRef)),
  });
  const bom = new Models.Bom({
    metadata: new Models.Metadata({ timestamp: new Date(date), component: self }),
    components: new Models.ComponentRepository(components),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  bom.serialNumber = `urn:uuid:${uuidOf(serializer.serialize(bom))}`;
  const text = serializer.serialize(bom, { space: 2 });
  const wrong = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (wrong !== null) {
    throw new Error(`The bill of materials is not valid CycloneDX 1.6: ${JSON.stringify(wrong)}`);
  }
  return text;
}

function library(/** @type {Shipped} */ one) {
  const [, group, name = one.name] = /^(@[^/]+)\/(.+)$/.exec(one.name) ?? [];
  const vcs = one.repository
    ? [new Models.ExternalReference(one.repository, Enums.ExternalReferenceType.VCS)]
    : [];
  return new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: one.purl,
    purl: one.purl,
    licenses: licences(one.licence),
    hashes: new Models.HashDictionary(hashes(one.integrity ?? '')),
    externalReferences: new Models.ExternalReferenceRepository(vcs),
    ...(group && { group }),
    ...(one.version && { version: one.version }),
  });
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
  return parts.flatMap(({ name, version: known, purl, licence }) =>
    known
      ? [
          new Models.Component(Enums.ComponentType.Framework, name, {
            bomRef: purl,
            version: known,
            purl,
            licenses: licences(licence),
          }),
        ]
      : [],
  );
}

/** `assertLicences` has let only SPDX identifiers and expressions through. */
function licences(/** @type {string} */ licence) {
  return new Models.LicenseRepository([
    SPDX.isSupportedSpdxId(licence) ? new Models.SpdxLicense(licence) : new Models.LicenseExpression(licence),
  ]);
}

/** Of package-lock.json: several may stand there, separated by spaces. */
function hashes(/** @type {string} */ integrity) {
  return integrity.split(/\s+/).filter(Boolean).map(Contrib.FromNodePackageJson.Utils.parsePackageIntegrity);
}

/** A UUID of version 8 (RFC 9562: of one's own making) from a hash. */
function uuidOf(/** @type {string} */ text) {
  const hash = createHash('sha256').update(text).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
