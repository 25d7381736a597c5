import { readComponentHeader, type ComponentHeader } from '../component/header.ts';
import { capsuleError } from '../errors.ts';
import { parseManifest, type Manifest } from '../manifest/manifest.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** A file of a capsule, as it was when the source was read: later changes of the source do not reach it. */
export interface ContentFile {
  /** Inside the capsule, with `/` between names. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly read: () => Promise<Uint8Array>;
}

/** What a `.capsule` file or a folder holds, checked. Both sources give the same. */
export interface CapsuleContent {
  readonly kind: 'archive' | 'folder';
  readonly manifest: Manifest;
  readonly manifestText: string;
  readonly component: Uint8Array;
  readonly header: ComponentHeader;
  /** Every file by its path, `Capsule.toml` and the component included. */
  readonly files: ReadonlyMap<string, ContentFile>;
}

export const MANIFEST_NAME = 'Capsule.toml';

/**
 * Reads the manifest and the component out of the files of a source.
 *
 * @throws TypedError when either is missing or wrong.
 */
export async function contentOf(
  kind: CapsuleContent['kind'],
  files: ReadonlyMap<string, ContentFile>,
): Promise<CapsuleContent> {
  const manifestFile = files.get(MANIFEST_NAME);
  if (manifestFile === undefined) {
    throw manifestMissing(kind);
  }
  const bytes = await manifestFile.read();
  const manifest = parseManifest(bytes);
  const path = requireComponentPath(manifest);
  const file = files.get(path);
  if (file === undefined) {
    throw capsuleError(
      'source-component-missing',
      `The component ${quoted(path)} named by the manifest is not in the ${kind}.`,
      'Build the capsule first, or correct "file" in [[component]].',
    );
  }
  const component = await file.read();
  const header = readComponentHeader(component);
  return { kind, manifest, manifestText: new TextDecoder().decode(bytes), component, header, files };
}

export function manifestMissing(kind: CapsuleContent['kind']): Error {
  return capsuleError(
    'source-manifest-missing',
    `There is no ${MANIFEST_NAME} at the top of the ${kind}.`,
    `Choose the ${kind} that contains ${MANIFEST_NAME} at its top level.`,
  );
}

export function requireComponentPath(manifest: Manifest): string {
  if (manifest.component === null) {
    throw capsuleError(
      'source-component-undeclared',
      `The manifest of ${manifest.id} names no component.`,
      'Add [[component]] with file = "….wasm".',
    );
  }
  return manifest.component.file;
}
