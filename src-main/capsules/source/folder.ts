import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { openResolved } from '../../os/files/open-regular.ts';
import { capsuleError } from '../errors.ts';
import { parseManifest } from '../manifest/manifest.ts';
import {
  contentOf,
  MANIFEST_NAME,
  manifestMissing,
  requireComponentPath,
  type CapsuleContent,
  type ContentFile,
} from './content.ts';
import { SourcePaths } from './paths.ts';
import { openSink, type SourceSink } from './sink.ts';
import { quoted } from '../words/escape-control-chars.ts';

/** Folders that builds make, which the reference leaves out too, and npm's. */
const SKIPPED = ['node_modules', 'target'];
const SKIPPED_AT_TOP = ['dist'];
/** What building and packing make. The component itself is taken by its name. */
const SKIPPED_ENDINGS = ['.wasm', '.capsule'];

interface Reading {
  /** Canonical. */
  readonly root: string;
  readonly sink: SourceSink;
  readonly paths: SourcePaths;
  readonly files: Map<string, ContentFile>;
}

/**
 * Reads an unpacked capsule. Takes `Capsule.toml`, the component, and every other file but hidden ones
 * (they hold secrets and version control), build folders, WebAssembly that the manifest does not name, and packed
 * capsules, since packing puts one beside the component.
 * Links to files must stay inside; links to folders are refused.
 *
 * @param staging as for `readArchive`; the content is a copy either way.
 * @throws TypedError with a `source-…`, `manifest-…` or `component-…` code.
 */
export async function readFolder(path: string, staging: string | null = null): Promise<CapsuleContent> {
  const root = await canonicalFolder(path);
  const sink = await openSink(staging);
  try {
    const reading: Reading = { root, sink, paths: new SourcePaths(), files: new Map() };
    await takeNamed(reading);
    await takeRest(reading, '');
    return await contentOf('folder', reading.files);
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

async function canonicalFolder(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if ((await stat(root)).isDirectory()) {
      return root;
    }
  } catch (cause) {
    throw capsuleError(
      'source-missing',
      `${quoted(path)} does not exist or is not readable.`,
      'Check the path.',
      cause,
    );
  }
  throw capsuleError(
    'source-not-a-file',
    `${quoted(path)} is not a folder.`,
    'Choose a folder or a .capsule file.',
  );
}

/** The manifest, then the component wherever it is, also in a folder that is otherwise skipped. */
async function takeNamed(reading: Reading): Promise<void> {
  const manifestFile = await takeFile(reading, MANIFEST_NAME);
  if (manifestFile === undefined) {
    throw manifestMissing('folder');
  }
  const path = requireComponentPath(parseManifest(await manifestFile.read()));
  // A missing one is told by the check of the whole content.
  await takeFile(reading, path);
}

async function takeRest(reading: Reading, folder: string): Promise<void> {
  const entries = await readdir(join(reading.root, folder), { withFileTypes: true }).catch(
    (cause: unknown) => {
      throw unreadable(folder, cause);
    },
  );
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name.startsWith('.') || reading.files.has(path)) {
      continue;
    }
    if (entry.isDirectory()) {
      if (!SKIPPED.includes(entry.name) && !(folder === '' && SKIPPED_AT_TOP.includes(entry.name))) {
        reading.paths.folder(path);
        await takeRest(reading, path);
      }
    } else if (
      !SKIPPED_ENDINGS.some((ending) => entry.name.endsWith(ending)) &&
      (await takeFile(reading, path)) === undefined
    ) {
      throw badLink(path);
    }
  }
}

/** Keeps one file; undefined when it is not there. */
async function takeFile(reading: Reading, path: string): Promise<ContentFile | undefined> {
  const place = join(reading.root, path);
  const real = await realpath(place).catch((cause: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) {
      return undefined;
    }
    throw unreadable(path, cause);
  });
  if (real === undefined) {
    return undefined;
  }
  if (!real.startsWith(reading.root + sep) || (await realpath(dirname(place))) !== dirname(place)) {
    throw badLink(path);
  }
  // The link is resolved: one that is put there or on the way meanwhile is not followed, and a FIFO does not block.
  const found = await openResolved(real).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (found.kind !== 'file') {
    throw notAFile(path, found.kind);
  }
  const { file, facts } = found;
  try {
    reading.paths.file(path, facts.size);
    // Never more than was admitted, should the file grow.
    const chunks =
      facts.size === 0 ? nothing() : file.createReadStream({ autoClose: false, end: facts.size - 1 });
    const kept = await reading.sink.keep(path, chunks);
    reading.files.set(path, kept);
    return kept;
  } finally {
    await file.close();
  }
}

function badLink(path: string): Error {
  return capsuleError(
    'source-link',
    `${quoted(path)} is a link that is broken or leads outside the capsule's folder, or is inside a linked folder.`,
    'Replace it with the file itself.',
  );
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // An empty file has no chunks.
}

function notAFile(path: string, kind: 'folder' | 'link' | 'special'): Error {
  if (kind === 'link') {
    return badLink(path);
  }
  if (kind === 'folder') {
    return capsuleError(
      'source-link',
      `${quoted(path)} is a folder or links to one.`,
      'Replace it with a file.',
    );
  }
  return capsuleError(
    'source-special-file',
    `${quoted(path)} is not a regular file.`,
    'Remove it from the folder.',
  );
}

function unreadable(path: string, cause: unknown): Error {
  return capsuleError(
    'source-unreadable',
    `${quoted(path)} cannot be read.`,
    'Check its permissions.',
    cause,
  );
}
