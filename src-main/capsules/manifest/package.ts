import { capsuleError } from '../errors.ts';
import { COMPATIBLE_VERSION, MAX_DESCRIPTION, MAX_NAME_LENGTH } from '../limits.ts';
import { isVersion, meets, npmRange } from './semver.ts';
import { isDeviceName } from '../portable-name.ts';
import type { ManifestTable } from './table.ts';
import { quoted } from '../words/escape-control-chars.ts';

export interface PackageFacts {
  readonly id: string;
  readonly version: string;
  readonly description: string;
}

/** The reference allows `-` at both ends and any length; a name that looks like a command-line option helps nobody. */
export const CAPSULE_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Reads `[package]`: name and version are required, the rest is only checked for its type. */
export function readPackage(root: ManifestTable): PackageFacts {
  const table = root.table('package');
  if (table === undefined) {
    throw capsuleError(
      'manifest-missing-key',
      'Capsule.toml has no [package] table.',
      'Add [package] with name = "…" and version = "1.0.0".',
    );
  }
  const id = table.requiredString('name');
  const version = table.requiredString('version');
  const description = readDescription(table);
  requireName(id);
  if (!isVersion(version)) {
    throw capsuleError(
      'manifest-bad-version',
      `"package.version" is ${quoted(version)}, which is not a semantic version.`,
      'Use three numbers, such as "1.0.0".',
    );
  }
  requireCompatible(table.string('astrid-version'));
  for (const key of ['repository', 'homepage', 'documentation', 'license', 'license-file', 'readme']) {
    table.string(key);
  }
  for (const key of ['authors', 'keywords', 'categories', 'include', 'exclude']) {
    table.strings(key);
  }
  table.flag('publish');
  table.value('metadata');
  table.finish();
  return { id, version, description };
}

/** Every message about the capsule carries it. */
function readDescription(table: ManifestTable): string {
  const text = table.string('description') ?? '';
  if (text.length <= MAX_DESCRIPTION) {
    return text;
  }
  const kept = MAX_DESCRIPTION - 1;
  table.warn(() => `${table.at('description')} has ${text.length} characters; the first ${kept} are shown.`);
  return `${text.slice(0, kept)}…`;
}

function requireName(name: string): void {
  if (isDeviceName(name)) {
    throw capsuleError(
      'manifest-bad-name',
      `"package.name" is ${quoted(name)}, which Windows keeps for a device: no folder can have that name there.`,
      'Give the capsule another name.',
    );
  }
  if (!CAPSULE_NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw capsuleError(
      'manifest-bad-name',
      `"package.name" is ${quoted(name)}, which is not a valid capsule name.`,
      `Use 1 to ${MAX_NAME_LENGTH} lower-case letters, digits and "-", without "-" at either end.`,
    );
  }
}

function requireCompatible(requirement: string | undefined): void {
  if (requirement === undefined) {
    return;
  }
  if (npmRange(requirement) === undefined) {
    throw capsuleError(
      'manifest-incompatible',
      `"package.astrid-version" is ${quoted(requirement)}, which is not a valid version requirement.`,
      'Use "0.10", ">=0.8, <0.11" or "*".',
    );
  }
  if (!meets(COMPATIBLE_VERSION, requirement)) {
    throw capsuleError(
      'manifest-incompatible',
      `The capsule requires runtime ${quoted(requirement)}; this runtime is compatible with ${COMPATIBLE_VERSION}.`,
      'Get a version of the capsule for this runtime, or change "package.astrid-version".',
    );
  }
}
