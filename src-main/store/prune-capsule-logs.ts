import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LOG_RETENTION_DAYS } from './limits.ts';
import { ownEntries, type OwnKind, type Report } from './own-entries.ts';

const DAY_MS = 86_400_000;
/** A principal or a capsule. */
const OWNER: OwnKind = { kind: 'folder', name: /^[A-Za-z0-9_-]+$/ };
const DAY: OwnKind = { kind: 'file', name: /^\d{4}-\d\d-\d\d\.log$/ };

/**
 * Removes log files that were last written to longer ago than the retention. One that cannot be removed is reported and
 * keeps no other; what is not ours is left alone.
 *
 * @param folder holds `<principal>/<capsule>/<day>.log`
 * @param now epoch ms
 */
export async function pruneCapsuleLogs(folder: string, now: number, report: Report): Promise<void> {
  const below = async (parents: readonly string[], own: OwnKind): Promise<readonly string[]> => {
    const lists = parents.map(async (parent) => {
      const names = await ownEntries(parent, own, report).catch((error: unknown) => {
        report(`could not list the logs in ${parent}`, error);
        return [];
      });
      return names.map((name) => join(parent, name));
    });
    return (await Promise.all(lists)).flat();
  };

  const capsules = await below(await below([folder], OWNER), OWNER);
  for (const path of await below(capsules, DAY)) {
    try {
      const { mtimeMs } = await stat(path);
      if (now - mtimeMs > LOG_RETENTION_DAYS * DAY_MS) {
        await rm(path, { force: true });
      }
    } catch (error) {
      report(`could not remove the old log ${path}`, error);
    }
  }
}
