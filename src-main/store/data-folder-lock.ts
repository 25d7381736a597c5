import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Dispose } from '../base/disposable.ts';
import * as z from 'zod/mini';
import { readJsonRecord } from '../base/json-record.ts';
import { lockFile } from '../os/files/file-lock.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { readRegularFile } from './regular-file.ts';
import { StoreError } from './store-error.ts';

/** The file that is locked; it is empty, stays for good, and says nothing by being there. */
const LOCK_NAME = 'in-use.lock';
/** Who has it, for the message of whoever comes second; the lock alone decides. */
const OWNER_NAME = 'in-use.json';

interface Owner {
  readonly pid: number;
  /** Epoch ms. */
  readonly startedAt: number;
}

const ownerRecord: z.core.$ZodType<Owner> = z.object({ pid: z.int(), startedAt: z.int() });

/**
 * Takes the data folder for one kernel, and makes it when it is not there. The lock ends with its owner, however that
 * ends.
 *
 * @returns gives the folder back; the last that a kernel does
 * @throws StoreError `data-folder-in-use`, naming the owner; FileLockError `lock-unavailable`; the error of the system
 */
export async function lockDataFolder(dataDir: string, clock: Pick<Clock, 'now'>): Promise<Dispose> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const unlock = await lockFile(join(dataDir, LOCK_NAME));
  const ownerFile = join(dataDir, OWNER_NAME);
  if (unlock === null) {
    throw inUse(dataDir, await readOwner(ownerFile), clock.now());
  }
  try {
    const owner: Owner = { pid: process.pid, startedAt: clock.now() };
    await writeFileAtomically(ownerFile, JSON.stringify(owner));
  } catch (error) {
    unlock();
    throw error;
  }
  return async () => {
    await rm(ownerFile, { force: true }).catch(() => {
      // Nobody reads it while the lock is free.
    });
    unlock();
  };
}

/** Null when it cannot be read: the owner may have locked the folder a moment ago. */
async function readOwner(path: string): Promise<Owner | null> {
  const text = await readRegularFile(path).then(
    (bytes) => bytes.toString('utf8'),
    () => '',
  );
  const record = readJsonRecord('The owner', text, ownerRecord);
  return record.ok ? record.value : null;
}

function inUse(dataDir: string, owner: Owner | null, now: number): StoreError {
  const who = owner === null ? '' : ` (PID ${owner.pid}, started ${timeOf(owner.startedAt, now)})`;
  return new StoreError(
    'data-folder-in-use',
    `The data folder ${dataDir} is in use by Capsule Desktop${who}.`,
    'Quit the running instance or choose another data folder.',
  );
}

/** Local time, with the day unless that is today: `14:02`, `2026-11-23 14:02`. */
function timeOf(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  const two = (part: number): string => String(part).padStart(2, '0');
  const time = `${two(then.getHours())}:${two(then.getMinutes())}`;
  return then.toDateString() === today.toDateString()
    ? time
    : `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`;
}
