import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, cpSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPackage, extractAll } from '@electron/asar';

/** A program in one file, as a feed offers it. */
export interface SingleFile {
  readonly path: string;
  readonly version: string;
  /** Base64. */
  readonly sha512: string;
  readonly size: number;
}

/**
 * Packs an unpacked program with another version into one file that unpacks and starts itself: what an
 * AppImage does, with a shell script in place of a mount, since its runtime cannot be had everywhere. The
 * script sets what the runtime of an AppImage sets.
 *
 * @param unpacked folder with the packaged program and `resources/app.asar`
 * @param work an empty folder for what is made on the way; removed
 */
export async function singleFile(
  unpacked: string,
  version: string,
  work: string,
  path: string,
): Promise<SingleFile> {
  const folder = join(work, 'program');
  cpSync(unpacked, folder, { recursive: true, verbatimSymlinks: true });
  // The mark of a .deb, in a folder that is none.
  rmSync(join(folder, 'resources', 'package-type'), { force: true });
  await setVersion(join(folder, 'resources', 'app.asar'), join(work, 'app'), version);
  const payload = join(work, 'payload.tar.gz');
  execFileSync('tar', ['--use-compress-program=gzip -1', '-cf', payload, '-C', folder, '.']);
  writeFileSync(path, selfExtracting(hashOf(payload, 'sha256', 'hex').slice(0, 16)), { mode: 0o755 });
  execFileSync('sh', ['-c', 'cat "$0" >> "$1"', payload, path]);
  rmSync(work, { recursive: true });
  return { path, version, sha512: hashOf(path, 'sha512', 'base64'), size: readSize(path) };
}

/** Base64 or hex of a whole file, read piece by piece. */
export function hashOf(path: string, algorithm: 'sha256' | 'sha512', form: 'hex' | 'base64'): string {
  const hash = createHash(algorithm);
  const piece = Buffer.allocUnsafe(1024 * 1024);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest(form);
}

async function setVersion(asar: string, folder: string, version: string): Promise<void> {
  extractAll(asar, folder);
  const file = join(folder, 'package.json');
  const facts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...facts, version }));
  await createPackage(folder, asar);
}

/** Unpacks once below TMPDIR, in a folder that appears whole, and runs from there. */
function selfExtracting(key: string): string {
  return `#!/bin/sh
self=$(readlink -f "$0")
folder="\${TMPDIR:-/tmp}/mounted-${key}"
if [ ! -d "$folder" ]; then
  part=$(mktemp -d "$folder.XXXXXX") || exit 70
  sed '1,/^exit 71$/d' "$self" | tar -xz -C "$part" || exit 70
  mv -T "$part" "$folder" 2>/dev/null || rm -rf "$part"
fi
export APPIMAGE="$self" APPDIR="$folder"
exec "$folder/capsule-desktop" "$@"
exit 71
`;
}

function readSize(path: string): number {
  return Number(execFileSync('stat', ['-c', '%s', path], { encoding: 'utf8' }));
}
