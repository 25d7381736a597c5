import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createPackage, extractAll } from '@electron/asar';

const runFile = promisify(execFile);

/** The application's archive, as tar names it in a packed folder. */
const ARCHIVE = './resources/app.asar';
/** What the program of a test starts with. */
const ENTRY = 'answer-dialogs.mjs';
/** The mark of a .deb, which a program in one file is none of. */
const DEB_MARK = './resources/package-type';

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
 * script sets what the runtime of an AppImage sets. The program confirms by itself what main asks the operator, and
 * appends the questions to the file that `CAPSULE_DESKTOP_E2E_CONFIRMED` names.
 *
 * @param unpacked folder with the packaged program and `resources/app.asar`
 * @param work a folder for what is made on the way; removed
 */
export async function singleFile(
  unpacked: string,
  version: string,
  work: string,
  path: string,
): Promise<SingleFile> {
  await packVersion(join(unpacked, ARCHIVE), version, join(work, 'app'), join(work, 'app.asar'));
  const payload = join(work, 'payload.tar.gz');
  const everythingElse = ['-C', unpacked, `--exclude=${ARCHIVE}`, `--exclude=${DEB_MARK}`, '.'];
  const ownArchive = ['-C', work, `--transform=s,^app.asar$,${ARCHIVE},`, 'app.asar'];
  await runFile('tar', ['--use-compress-program=gzip -1', '-cf', payload, ...everythingElse, ...ownArchive]);
  writeFileSync(path, selfExtracting(hashOf(payload, 'sha256', 'hex').slice(0, 16)), { mode: 0o755 });
  await runFile('sh', ['-c', 'cat "$0" >> "$1"', payload, path]);
  rmSync(work, { recursive: true });
  return { path, version, sha512: hashOf(path, 'sha512', 'base64'), size: statSync(path).size };
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

async function packVersion(from: string, version: string, folder: string, to: string): Promise<void> {
  extractAll(from, folder);
  const file = join(folder, 'package.json');
  const facts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  copyFileSync(join(import.meta.dirname, ENTRY), join(folder, ENTRY));
  writeFileSync(file, JSON.stringify({ ...facts, version, main: ENTRY }));
  await createPackage(folder, to);
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
