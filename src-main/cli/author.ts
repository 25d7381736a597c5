import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeFileAtomically } from '../store/atomic-file.ts';
import { packageRoot } from './package-root.ts';

/** The parts of `build/capsule` that are called here: scripts of the source tree, not part of the application. */
interface Builder {
  readonly buildCapsule: (folder: string) => Promise<{ readonly file: string }>;
}
interface Packer {
  readonly packCapsule: (
    folder: string,
  ) => Promise<{ readonly name: string; readonly archive: Uint8Array; readonly files: readonly string[] }>;
}

/** An archive is there to be handed on. */
const ARCHIVE_MODE = 0o644;

/** Makes the component of the TypeScript capsule in `folder`; the tool chain is loaded only here. */
export async function buildCapsule(folder: string): Promise<object> {
  const { buildCapsule: build } = (await import(scriptUrl('build.mjs'))) as Builder;
  return build(folder);
}

/** Packs the built capsule in `folder` and tells where the archive is. */
export async function packCapsule(folder: string, out: string | null): Promise<object> {
  const { packCapsule: pack } = (await import(scriptUrl('pack.mjs'))) as Packer;
  const { name, archive, files } = await pack(folder);
  const file = resolve(out ?? join(folder, 'build', `${name}.capsule`));
  await mkdir(dirname(file), { recursive: true });
  // In the folder that is packed, which may be anybody's, a link may stand in its place.
  await writeFileAtomically(file, archive, ARCHIVE_MODE);
  return { name, file, bytes: archive.length, files };
}

function scriptUrl(script: string): string {
  return pathToFileURL(join(packageRoot(), 'build', 'capsule', script)).href;
}
