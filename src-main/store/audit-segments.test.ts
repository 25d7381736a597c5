import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import type { AuditLimits } from './audit-chain.ts';
import { openAuditLog, type AuditLog } from './audit-log.ts';
import { verifyAudit } from './audit-verify.ts';

/** Ten records or so a segment. */
const SMALL: AuditLimits = { segmentBytes: 2_000, totalBytes: 1_000_000, retentionDays: 30 };
const DAY_MS = 86_400_000;

const noReport = (message: string): never => {
  throw new Error(message);
};

const open = (folder: string, limits = SMALL): Promise<AuditLog> =>
  openAuditLog(folder, { clock: systemClock, report: noReport, limits });

/** Each in a batch of its own. */
async function write(log: AuditLog, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const text = { target: `record ${n}`, outcome: 'allowed', reason: '' } as const;
    void log.append({ at: n, capsule: '', principal: 'operator', action: 'act', ...text });
    await log.flush();
  }
}

/** A log of 50 records in several segments, closed. */
async function longLog(): Promise<{ readonly folder: string; readonly segments: readonly string[] }> {
  const folder = await temporaryFolder();
  const log = await open(folder);
  await write(log, 50);
  await log.close();
  return { folder, segments: await segmentsIn(folder) };
}

const segmentsIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('audit-')).sort();

const verified = (folder: string): ReturnType<typeof verifyAudit> => verifyAudit(folder, noReport);

describe('an audit log in segments', () => {
  it('is one chain, also when it is opened again between them', async () => {
    const { folder, segments } = await longLog();
    expect(segments.length).toBeGreaterThan(3);
    expect(segments[0]).toMatch(/^audit-0000000000\d\d\.jsonl$/);
    await expect(verified(folder)).resolves.toMatchObject({ records: 50, first: 1, last: 50 });
    // As a crash between closing a segment and its first successor leaves it.
    await rm(join(folder, 'audit.jsonl'), { force: true });
    const { last } = await verified(folder);
    const log = await open(folder);
    await write(log, 30);
    await log.close();
    await expect(verified(folder)).resolves.toMatchObject({
      records: (last ?? 0) + 30,
      last: (last ?? 0) + 30,
    });
  });

  it.each([
    ['removed', (path: string) => rm(path)],
    ['emptied', (path: string) => writeFile(path, '')],
    ['renamed', (path: string) => rename(path, `${path}.old`)],
    [
      'changed in one letter',
      async (path: string) => {
        const text = await readFile(path, 'utf8');
        await writeFile(path, text.replace('"record 1', '"record 7'));
      },
    ],
    [
      'cut by its last line',
      async (path: string) => {
        const lines = (await readFile(path, 'utf8')).split('\n');
        await writeFile(path, [...lines.slice(0, -2), ''].join('\n'));
      },
    ],
    ['longer by a line', (path: string) => appendFile(path, '{"sequence":1,"previous":"00"}\n')],
  ])('is broken when a segment in its middle was %s', async (_what, change) => {
    const { folder, segments } = await longLog();
    await change(join(folder, segments[1] ?? ''));
    await expect(verifyAudit(folder, () => undefined)).rejects.toMatchObject({
      code: 'audit-broken',
      message: expect.stringMatching(/line \d+ of .*audit-\d+\.jsonl/),
    });
  });

  it('does not verify without its first segment, unless that was pruned', async () => {
    const { folder, segments } = await longLog();
    await rm(join(folder, segments[0] ?? ''));
    await expect(verified(folder)).rejects.toMatchObject({ code: 'audit-broken' });
  });
});

describe('old segments', () => {
  it('go when all are too large together, and what stays is whole and says what went', async () => {
    const { folder, segments } = await longLog();
    const log = await open(folder, { ...SMALL, totalBytes: 7_000 });
    await log.prune();
    await log.close();
    const kept = await segmentsIn(folder);
    expect(kept.length).toBeLessThan(segments.length);
    expect(segments.slice(-kept.length)).toEqual(kept);
    const { first, last } = await verified(folder);
    expect(last).toBe(51);
    const text = await readFile(join(folder, 'audit.jsonl'), 'utf8');
    expect(text).toContain(`"action":"audit#prune","target":"records 1 to ${(first ?? 0) - 1}"`);
  });

  it('go by themselves as new ones fill', async () => {
    const folder = await temporaryFolder();
    const log = await open(folder, { ...SMALL, totalBytes: 7_000 });
    await write(log, 100);
    await log.close();
    expect((await segmentsIn(folder)).length).toBeLessThanOrEqual(3);
    const { first, last } = await verified(folder);
    expect(first).toBeGreaterThan(60);
    expect(last).toBeGreaterThan(100);
  });

  it('go when they are too old, also all of them, and the chain goes on', async () => {
    const { folder, segments } = await longLog();
    const longAgo = new Date(Date.now() - 31 * DAY_MS);
    await Promise.all(segments.map((name) => utimes(join(folder, name), longAgo, longAgo)));
    await rm(join(folder, 'audit.jsonl'), { force: true });
    const log = await open(folder);
    await log.prune();
    await log.prune();
    await write(log, 1);
    await log.close();
    expect(await segmentsIn(folder)).toEqual([]);
    const pruned = Number(segments.at(-1)?.slice(6, 18));
    await expect(verified(folder)).resolves.toMatchObject({ records: 2, first: pruned + 1 });
  });

  it('that a pruning was cut off at are removed by the next, and are not part of the chain', async () => {
    const { folder, segments } = await longLog();
    const left = await readFile(join(folder, segments[0] ?? ''));
    const log = await open(folder, { ...SMALL, totalBytes: 7_000 });
    await log.prune();
    await log.flush();
    await writeFile(join(folder, segments[0] ?? ''), left);
    await expect(verified(folder)).resolves.toMatchObject({ last: 51 });
    await log.prune();
    await log.close();
    expect(await segmentsIn(folder)).not.toContain(segments[0]);
  });

  it('cannot be removed by hand behind the anchor', async () => {
    const { folder } = await longLog();
    const log = await open(folder, { ...SMALL, totalBytes: 7_000 });
    await log.prune();
    await log.close();
    const [oldest = ''] = await segmentsIn(folder);
    await rm(join(folder, oldest));
    await expect(verified(folder)).rejects.toMatchObject({ code: 'audit-broken' });
  });

  it.each(['', '{}', 'null', '{"sequence":3,"hash":"x"}'])(
    'cannot be verified with the anchor %j, but records go on being written',
    async (anchor) => {
      const { folder } = await longLog();
      await writeFile(join(folder, 'anchor.json'), anchor);
      const reports: string[] = [];
      const report = (message: string): number => reports.push(message);
      const log = await openAuditLog(folder, { clock: systemClock, report, limits: SMALL });
      await write(log, 1);
      await log.close();
      expect(reports).toEqual(['the anchor of the audit log is unusable']);
      await expect(verified(folder)).rejects.toMatchObject({ code: 'audit-broken' });
    },
  );
});

describe('what is not ours in the folder of the audit log', () => {
  it('is left alone and reported', async () => {
    const { folder } = await longLog();
    await mkdir(join(folder, 'audit-000000000999.jsonl'));
    await symlink('/nowhere', join(folder, 'audit-000000000998.jsonl'));
    await writeFile(join(folder, 'notes'), 'mine');
    const reports: string[] = [];
    const log = await openAuditLog(folder, {
      clock: systemClock,
      report: (message, names) => reports.push(`${message}: ${String(names)}`),
      limits: { ...SMALL, totalBytes: 0 },
    });
    await log.prune();
    await write(log, 1);
    await log.close();
    expect(reports[0]).toMatch(/skipped: "audit-000000000998.jsonl", "audit-000000000999.jsonl", "notes"$/);
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['notes', 'audit-000000000999.jsonl']));
  });
});
