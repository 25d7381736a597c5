import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuditRecord } from '../policy/audit-record.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { systemClock } from '../base/clock.ts';
import { hashLine, type AuditEntry } from './audit-chain.ts';
import { openAuditLog, type AuditLog } from './audit-log.ts';
import { verifyAudit } from './audit-verify.ts';
import { AUDIT_QUEUE } from './limits.ts';
import { limitFileSize } from './testing.ts';

/** Of the operator, who has no budget. */
const record = (action: string): AuditRecord => ({
  at: 1,
  capsule: '',
  principal: 'operator',
  action,
  target: 'on grün 🌲',
  outcome: 'allowed',
  reason: '',
});

const noReport = (message: string): never => {
  throw new Error(message);
};

const open = (folder: string): Promise<AuditLog> =>
  openAuditLog(folder, { clock: systemClock, report: noReport });

async function write(folder: string, ...actions: readonly string[]): Promise<void> {
  const log = await open(folder);
  for (const action of actions) {
    void log.append(record(action));
  }
  await log.flush();
}

async function linesOf(folder: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'audit.jsonl'), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

/** Every line's link is the hash of the line before it. */
function expectLinked(lines: readonly string[]): void {
  const links = lines.slice(1).flatMap((line, index) => {
    try {
      return [[(JSON.parse(line) as AuditEntry).previous, hashLine(lines[index] ?? '')]];
    } catch {
      return [];
    }
  });
  expect(links.map(([previous]) => previous)).toEqual(links.map(([, hash]) => hash));
}

const entries = (lines: readonly string[]): readonly AuditEntry[] =>
  lines.map((line) => JSON.parse(line) as AuditEntry);

describe('the audit log', () => {
  it('numbers its records from one and links each to the one before', async () => {
    const folder = await temporaryFolder();
    await write(folder, 'a', 'b', 'c');
    const lines = await linesOf(folder);
    expect(entries(lines).map(({ sequence, action }) => `${sequence} ${action}`)).toEqual([
      '1 a',
      '2 b',
      '3 c',
    ]);
    expect(entries(lines)[0]?.previous).toBe('0'.repeat(64));
    expectLinked(lines);
  });

  it('goes on where it ended when it is opened again', async () => {
    const folder = await temporaryFolder();
    await write(folder, 'a', 'b');
    await write(folder, 'c');
    await write(folder, 'd');
    const lines = await linesOf(folder);
    expect(entries(lines).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expectLinked(lines);
  });

  it.each([1, 20, 120])(
    'survives a crash that cut off the last line %i bytes before its end',
    async (missing) => {
      const folder = await temporaryFolder();
      await write(folder, 'a', 'b', 'c');
      const path = join(folder, 'audit.jsonl');
      const whole = await readFile(path);
      await truncate(path, whole.length - missing);
      await write(folder, 'd', 'e');
      const lines = await linesOf(folder);
      // The torn line is evidence and stays; the chain goes over it.
      expect(lines).toHaveLength(5);
      const kept = whole.subarray(0, whole.length - missing);
      expect((await readFile(path)).subarray(0, kept.length + 1)).toEqual(
        Buffer.concat([kept, Buffer.from('\n')]),
      );
      expectLinked(lines);
      const [d, e] = entries(lines.slice(3));
      // One byte short is the line's end only: the record itself is whole and keeps its number.
      expect([d?.sequence, e?.sequence]).toEqual(missing === 1 ? [4, 5] : [3, 4]);
      expect(d?.action).toBe('d');
    },
  );

  it('starts at one when there is nothing but a torn line', async () => {
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'audit.jsonl'), '{"sequ');
    await write(folder, 'a');
    const lines = await linesOf(folder);
    expect(lines[0]).toBe('{"sequ');
    expect(entries(lines.slice(1))).toMatchObject([{ sequence: 1, previous: hashLine('{"sequ') }]);
  });

  it('finds its last line behind a long file', async () => {
    const folder = await temporaryFolder();
    await write(folder, ...Array.from({ length: 500 }, (_, n) => `a${n}`));
    await write(folder, 'last');
    const lines = await linesOf(folder);
    expect(entries(lines).at(-1)).toMatchObject({ sequence: 501, action: 'last' });
    expectLinked(lines);
  });

  it('shows a line that was changed', async () => {
    const folder = await temporaryFolder();
    await write(folder, 'a', 'b', 'c');
    const lines = await linesOf(folder);
    const changed = lines.map((line) => line.replace('"action":"b"', '"action":"x"'));
    expect(() => expectLinked(changed)).toThrow('deeply equal');
  });

  it('cuts what is too long, so that one call cannot fill the disk', async () => {
    const folder = await temporaryFolder();
    const log = await open(folder);
    void log.append({ ...record('a'), target: 'x'.repeat(1_000_000), reason: '🌲'.repeat(1_000_000) });
    await log.flush();
    const [entry] = entries(await linesOf(folder));
    expect(entry?.target).toBe(`${'x'.repeat(1_021)}…`);
    // Four bytes a tree: no half of one is left.
    expect(entry?.reason).toBe(`${'🌲'.repeat(255)}…`);
  });

  it('makes the caller wait when the disk is behind, instead of losing records', async () => {
    const folder = await temporaryFolder();
    const log = await open(folder);
    const answers = Array.from({ length: AUDIT_QUEUE + 2 }, (_, n) => log.append(record(`a${n}`)));
    expect(answers.findIndex((answer) => answer instanceof Promise)).toBe(AUDIT_QUEUE);
    await answers.at(-1);
    expect(await linesOf(folder)).toHaveLength(AUDIT_QUEUE + 2);
  });

  it.each([
    ['a folder', (path: string) => mkdir(path)],
    ['a pipe', (path: string) => void execFileSync('mkfifo', [path])],
    ['a link', (path: string) => symlink('elsewhere', path)],
  ])('cannot be opened where its file is %s, rather than start a second chain', async (_what, make) => {
    const folder = await temporaryFolder();
    await make(join(folder, 'audit.jsonl'));
    const opening = openAuditLog(folder, { clock: systemClock, report: () => undefined });
    await expect(opening).rejects.toMatchObject({ code: 'not-a-file' });
  });

  it('keeps what others wrote behind it', async () => {
    const folder = await temporaryFolder();
    await write(folder, 'a');
    await appendFile(join(folder, 'audit.jsonl'), 'not a record\n');
    await write(folder, 'b');
    const lines = await linesOf(folder);
    expect(entries(lines.slice(2))).toMatchObject([{ sequence: 2, previous: hashLine('not a record') }]);
  });

  it('loses nothing to a full disk, and its chain stays whole', async () => {
    const folder = await temporaryFolder();
    const reports: string[] = [];
    const log = await openAuditLog(folder, {
      clock: systemClock,
      report: (message, error) => reports.push(`${message}: ${String(error)}`),
    });
    void log.append(record('a'));
    await log.flush();
    const { size } = await stat(join(folder, 'audit.jsonl'));
    const free = limitFileSize(size + 50);
    void log.append(record('b'));
    await log.flush();
    expect(await linesOf(folder)).toHaveLength(1);
    free();
    void log.append(record('c'));
    await log.close();
    expect(reports).toEqual([
      expect.stringMatching(/^could not write 1 audit records; they are kept.*EFBIG/),
    ]);
    expect(entries(await linesOf(folder)).map(({ sequence, action }) => `${sequence} ${action}`)).toEqual([
      '1 a',
      '2 b',
      '3 c',
    ]);
    await expect(verifyAudit(folder, noReport)).resolves.toMatchObject({ records: 3, first: 1, last: 3 });
  });
});
