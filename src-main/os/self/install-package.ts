import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { TypedError } from '../../base/typed-error.ts';

export type PackageErrorCode = 'update-file-changed' | 'update-not-permitted' | 'update-not-installed';

export interface PackageInstall {
  /** The downloaded `.deb`, by its absolute path. */
  readonly download: string;
  /** Of the download, base64 as feeds have it. */
  readonly sha512: string;
}

/**
 * apt-get looks for everything that a package needs before it unpacks anything, which `dpkg -i` does not. It asks
 * nothing, and rather does nothing than remove a package or replace an administrator's own settings.
 */
const APT_GET: readonly string[] = [
  '/usr/bin/apt-get',
  'install',
  '--yes',
  '--no-remove',
  '--quiet',
  '--option=Dpkg::Options::=--force-confdef',
  '--option=Dpkg::Options::=--force-confold',
];

/** Asks for the administrator's password in a window, never on a terminal that nobody may be looking at. */
const AS_ADMINISTRATOR: readonly string[] = ['/usr/bin/pkexec', '--disable-internal-agent'];

/** pkexec's own statuses: the person closed the question; the system let nobody be asked or said no. */
const DISMISSED = 126;
const NOT_ALLOWED = 127;

/** As much of the last words as is looked at; apt-get's own error comes last. */
const MAX_WORDS_BYTES = 16 * 1024;
/** As much of one line as a person is shown. */
const MAX_LINE_CHARACTERS = 200;

/** What installs a `.deb` for a user, which is put behind it. */
export function installCommand(uid: number | undefined): readonly string[] {
  return uid === 0 ? APT_GET : [...AS_ADMINISTRATOR, ...APT_GET];
}

/**
 * Installs a package over the one of the running program, which goes on meanwhile: it has its files open. Resolves
 * when the package manager says that it is done. It is not killed with this process: half-way would be worse.
 */
export async function installPackage(
  { download, sha512 }: PackageInstall,
  command: readonly string[] = installCommand(process.getuid?.()),
): Promise<void> {
  if ((await hashOf(download)) !== sha512) {
    throw new TypedError<PackageErrorCode>(
      'update-file-changed',
      'The downloaded file was changed or removed after it was verified.',
      'Nothing was installed. Check for updates again to download it again.',
    );
  }
  const words = await namelessFile();
  try {
    const status = await run([...command, download], words.fd);
    if (status !== 0) {
      throw notInstalled(status, lastLine(await readEnd(words)), download);
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? notInstalled(NOT_ALLOWED, `${command[0] ?? ''} is not installed.`, download, error)
      : error;
  } finally {
    await words.close();
  }
}

/** Null for a file that cannot be read. */
async function hashOf(path: string): Promise<string | null> {
  const hash = createHash('sha512');
  return pipeline(createReadStream(path), hash).then(
    () => hash.digest('base64'),
    () => null,
  );
}

/** The exit status, null when a signal ended it. */
function run([program = '', ...args]: readonly string[], stderr: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    // In a group of its own, which Ctrl-C in a terminal does not reach.
    const child = spawn(program, args, { detached: true, stdio: ['ignore', 'ignore', stderr] });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

/** A file and not a pipe: writing into one that nobody reads any more would end the package manager half-way. */
async function namelessFile(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'capsule-'));
  try {
    return await open(join(folder, 'words'), 'wx+', 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readEnd(file: FileHandle): Promise<string> {
  const start = Math.max(0, (await file.stat()).size - MAX_WORDS_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_WORDS_BYTES), 0, MAX_WORDS_BYTES, start);
  return buffer.toString('utf8', 0, bytesRead);
}

/** apt-get marks its errors; the first of them says the most. Anybody else's last line will do. */
function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((one) => one.startsWith('E: ')) ?? lines.at(-1) ?? '';
  return line
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, MAX_LINE_CHARACTERS);
}

function notInstalled(status: number | null, line: string, download: string, cause?: unknown): TypedError {
  const said = line === '' ? '' : ` (${line})`;
  if (status === DISMISSED) {
    return new TypedError<PackageErrorCode>(
      'update-not-permitted',
      'The administrator password was not entered.',
      'Nothing was changed, and everything keeps running. You can try again at any time.',
    );
  }
  if (status === NOT_ALLOWED) {
    return new TypedError<PackageErrorCode>(
      'update-not-permitted',
      `The system does not allow this program to install packages${said}.`,
      `Nothing was changed. Ask an administrator to install ${download}`,
      { cause },
    );
  }
  return new TypedError<PackageErrorCode>(
    'update-not-installed',
    `The package manager did not install the new version${said}.`,
    'Follow its message, then try again. If it was interrupted, run “sudo dpkg --configure -a” to repair it.',
  );
}
