import { execFileSync } from 'node:child_process';
import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listing, temporaryFolder } from '../testing/temporary-folder.ts';
import { everyDay } from './every-day.ts';
import { pruneCapsuleLogs } from './prune-capsule-logs.ts';

const NOON = Date.UTC(2025, 0, 31, 12, 0, 0, 7);
const DAY_MS = 86_400_000;

/** `logs/anna/one` with files of these ages. */
async function logsWith(ages: Readonly<Record<string, number>>) {
  const folder = await temporaryFolder();
  const place = join(folder, 'anna', 'one');
  await mkdir(place, { recursive: true });
  for (const [name, age] of Object.entries(ages)) {
    await writeFile(join(place, name), '');
    await utimes(join(place, name), (NOON - age) / 1_000, (NOON - age) / 1_000);
  }
  return { folder, place };
}

describe('old log files', () => {
  it('are removed after seven days, and nothing else is', async () => {
    const { folder, place } = await logsWith({
      '2025-01-31.log': 6.9 * DAY_MS,
      '2025-01-24.log': 7.1 * DAY_MS,
      '2025-01-01.log.bak': 30 * DAY_MS,
      'notes.txt': 30 * DAY_MS,
    });
    await pruneCapsuleLogs(folder, NOON, () => undefined);
    expect((await readdir(place)).sort()).toEqual(['2025-01-01.log.bak', '2025-01-31.log', 'notes.txt']);
    await expect(
      pruneCapsuleLogs(join(folder, 'not-there'), NOON, (message) => {
        throw new Error(message);
      }),
    ).resolves.toBeUndefined();
  });

  it('are removed whatever else lies at any depth; that is left alone and told', async () => {
    const { folder, place } = await logsWith({ '2025-01-01.log': 30 * DAY_MS });
    const strangers = [folder, join(folder, 'anna'), place].flatMap((parent) => [
      join(parent, '2020-01-01.log'),
      join(parent, '2020-01-02.log'),
      join(parent, '2020-01-03.log'),
      join(parent, 'loop'),
    ]);
    for (const [index, path] of strangers.entries()) {
      const make = [
        () => symlink('/nowhere', path),
        () => mkdir(path),
        () => void execFileSync('mkfifo', [path]),
        () => symlink(path, path),
      ][index % 4];
      await make?.();
    }
    const before = await listing(folder);
    const told: string[] = [];
    await pruneCapsuleLogs(folder, NOON, (message, names) => told.push(`${message}: ${String(names)}`));
    expect(await listing(folder)).toEqual(before.filter((name) => name !== 'anna/one/2025-01-01.log'));
    expect(told).toHaveLength(3);
    expect(told.every((line) => line.includes('"loop"') && line.includes('"2020-01-01.log"'))).toBe(true);
  });
});

describe('what is done every day', () => {
  it('is done once when a day has begun, however late that is noticed', async () => {
    let now = Date.UTC(2025, 0, 31, 23, 59, 59, 999);
    let looks = 0;
    let done = 0;
    const look = (): number => {
      looks += 1;
      return now;
    };
    const stop = everyDay({ now: look }, () => (done += 1), 1);
    const looked = async (): Promise<void> => {
      const from = looks;
      await expect.poll(() => looks, { interval: 1 }).toBeGreaterThan(from + 2);
    };
    await looked();
    expect(done).toBe(0);
    now += 1;
    await looked();
    expect(done).toBe(1);
    // As after a suspension.
    now += 3.5 * DAY_MS;
    await looked();
    expect(done).toBe(2);
    await stop();
  });
});
