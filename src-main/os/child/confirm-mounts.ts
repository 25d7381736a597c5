import { lstat } from 'node:fs/promises';
import { START_LOOKS } from '../limits.ts';
import { OsError } from '../os-error.ts';
import { readMountTable, type TableEntry } from '../proc/mount-table.ts';
import { compareMounts, type AskedMounts, type MountProblem } from '../sandbox/linux/compare-mounts.ts';
import { endUnseen, pauseBetweenLooks, type StartingChild } from './start.ts';

/**
 * Compares what a sandbox that waits for its filter has mounted with what was asked for. bubblewrap mounts at names, and within
 * a folder that another program may write these can lead anywhere inside: over `/usr/bin`, for one.
 *
 * @returns false when the sandbox has ended without a word from here
 * @throws OsError `spawn-failed`; then the sandbox has been ended
 */
export async function confirmMounts(starting: StartingChild, asked: AskedMounts): Promise<boolean> {
  const { child, status } = starting;
  const host = (await readMountTable('self')) ?? [];
  for (let looks = 0; !child.ended; looks += 1) {
    if (status.initPid === null || !child.hasInit()) {
      return false;
    }
    const seen = await lookAtMounts(status.initPid, asked, host);
    if (seen === 'as asked') {
      return true;
    }
    if (seen !== 'not ready' || looks >= START_LOOKS) {
      await endUnseen(child);
      throw refusal(seen === 'not ready' ? null : seen);
    }
    await pauseBetweenLooks(looks, child);
  }
  return false;
}

async function lookAtMounts(
  init: number,
  asked: AskedMounts,
  host: readonly TableEntry[],
): Promise<'as asked' | 'not ready' | MountProblem> {
  const table = await readMountTable(init);
  // Until the first of its mounts it has the machine's.
  if (table === null || rootsOf(table)[0]?.device === rootsOf(host)[0]?.device) {
    return 'not ready';
  }
  const problem = compareMounts(table, asked, () => host);
  if (problem !== null) {
    return isDone(table) ? problem : 'not ready';
  }
  const moved = await Promise.all(asked.mounts.map((mount) => isOther(init, mount)));
  const other = asked.mounts[moved.indexOf(true)];
  return other === undefined ? 'as asked' : { kind: 'missing', point: other.target };
}

/**
 * bubblewrap makes the new root in a folder of this name, and at the very end the root of it; for a moment it lies below the
 * old one. Of a release that does otherwise what differs is told after `START_LOOKS`.
 */
function isDone(table: readonly TableEntry[]): boolean {
  const roots = rootsOf(table);
  return roots.length === 1 && roots[0]?.root === '/newroot';
}

function rootsOf(table: readonly TableEntry[]): readonly TableEntry[] {
  return table.filter(({ point }) => point === '/');
}

async function isOther(init: number, { target, handle }: AskedMounts['mounts'][number]): Promise<boolean> {
  const { dev, ino } = handle.identity;
  return lstat(`/proc/${String(init)}/root${target}`, { bigint: true }).then(
    (there) => there.dev !== dev || there.ino !== ino,
    () => true,
  );
}

function refusal(problem: MountProblem | null): OsError {
  const said =
    problem === null
      ? 'its sandbox was not set up within 16 s'
      : problem.kind === 'missing'
        ? `the sandbox did not mount ${problem.point} at its place; another program changed the folders on the way to it`
        : `the sandbox mounted something at ${problem.point}; another program put a link on the way to a granted folder`;
  return new OsError(
    'spawn-failed',
    `The program could not be started: ${said}.`,
    'Try again. If it happens again, remove the capsule that may write the folder around the granted one.',
  );
}
