import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { TypedError } from '../../base/typed-error.ts';
import { findTool, type HostTool } from '../tool/host-tool.ts';
import { requireDescriptors } from '../tool/run-tool.ts';

/** Files cannot be locked here. No guest hears of it, so it is none of `OsError`'s codes. */
export class FileLockError extends TypedError<'lock-unavailable'> {}

/** Undoes `lockFile`. Calling it twice does nothing the second time. */
export type Unlock = () => void;

/**
 * `O_EXLOCK`, which Node does not name: the open file is locked, or opening it fails. macOS: `flock` in the same step.
 * Windows: libuv's own flag for a share mode of nothing.
 */
const EXCLUSIVE: Readonly<Partial<Record<NodeJS.Platform, number>>> = { darwin: 0x20, win32: 0x1000_0000 };
/** How macOS and Windows say that somebody else has it. */
const HELD: ReadonlySet<string> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EBUSY']);

/**
 * Locks a file until `Unlock`, or until this process ends in whatever way: the lock belongs to the open file and not to a
 * number in it, so it is never stale and means no other process by mistake. It holds between processes as between two
 * callers in one, and between containers that share the folder. The file is made when it is not there and stays.
 *
 * @returns null when somebody has it
 * @throws FileLockError where files cannot be locked, the error of the system where it cannot be opened
 */
export async function lockFile(path: string): Promise<Unlock | null> {
  const exclusive = EXCLUSIVE[process.platform];
  return exclusive === undefined ? lockByTool(path) : lockByOpening(path, exclusive);
}

function lockByOpening(path: string, exclusive: number): Unlock | null {
  try {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | exclusive, 0o600);
    return closing(fd);
  } catch (error) {
    if (HELD.has((error as NodeJS.ErrnoException).code ?? '')) {
      return null;
    }
    throw error;
  }
}

/**
 * Linux has no such flag, and Node no `flock`. The tool of that name locks the open file whose descriptor it is
 * given, which is ours: it ends, and the lock stays with the last descriptor of that file. Ours is closed in every child.
 */
async function lockByTool(path: string): Promise<Unlock | null> {
  const flock = await findTool('flock');
  if (flock === null) {
    throw unavailable(path, 'flock is not installed.');
  }
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  // By number: a `FileHandle` that nobody holds is closed by the garbage collector, and the lock with it.
  const fd = openSync(path, flags, 0o600);
  const unlock = closing(fd);
  try {
    const { status, said } = await runFlock(flock, fd);
    if (status === 0) {
      return unlock;
    }
    // Somebody has it: not a word. Anything else is explained.
    if (said !== '') {
      throw unavailable(path, said);
    }
    unlock();
    return null;
  } catch (error) {
    unlock();
    throw error instanceof FileLockError ? error : unavailable(path, 'flock could not be started.', error);
  }
}

/** Not `runTool`: execa passes no descriptor on. */
async function runFlock(
  flock: HostTool,
  fd: number,
): Promise<{ readonly status: number | null; readonly said: string }> {
  requireDescriptors();
  const child = spawn(flock.path, ['-n', '3'], { env: {}, stdio: ['ignore', 'ignore', 'pipe', fd] });
  const exit = once(child, 'close') as Promise<[number | null]>;
  // `once` rejects with what kept it from being started; nobody reads then.
  const said = child.stderr === null ? '' : text(child.stderr).catch(() => '');
  const [status] = await exit;
  return { status, said: (await said).trim() };
}

/** Once: the number may be another file’s by the second time. */
function closing(fd: number): Unlock {
  let open = true;
  return () => {
    if (open) {
      open = false;
      closeSync(fd);
    }
  };
}

function unavailable(path: string, why: string, cause?: unknown): FileLockError {
  return new FileLockError(
    'lock-unavailable',
    `${path} cannot be locked: ${why}`,
    'Install flock (package util-linux), or choose a folder on a file system that knows locks.',
    { cause },
  );
}
