import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { beginSession } from './session-record.ts';
import { openStartMarks } from './start-marks.ts';

const HASH = 'ab'.repeat(32);

/** What may lie under the name of a record, and what the reports say of it. */
const strange: readonly [string, string | ((path: string) => Promise<void>), RegExp][] = [
  ['an empty file', '', /is not valid JSON\. It was renamed to/],
  ['half a record', '{"schema":1,"reached":"sta', /is not valid JSON/],
  ['zeros, as after a power cut', '\0'.repeat(64), /is not valid JSON/],
  ['a list', '[]', /is not a JSON object/],
  ['null', 'null', /is not a JSON object/],
  [
    'a later format',
    '{"schema":2,"reached":"started","earlyEnds":7,"starting":[]}',
    /has an invalid "schema"/,
  ],
  [
    'a negative count and a list of numbers',
    '{"schema":1,"reached":"started","earlyEnds":-3,"starting":[7]}',
    /has an invalid/,
  ],
  [
    'a count that is none',
    '{"schema":1,"reached":"started","earlyEnds":1e999,"starting":{}}',
    /has an invalid/,
  ],
  ['10 MB', `{"schema":1,"pad":"${'x'.repeat(10_000_000)}"}`, /is longer than \d+ bytes\. It was renamed/],
  [
    'a folder',
    async (path) => void (await mkdir(join(path, 'with', 'content'), { recursive: true })),
    /cannot be read\. It was renamed/,
  ],
  ['a link to elsewhere', (path) => symlink(`${path}.elsewhere`, path), /cannot be read\. It was renamed/],
  ['a link to itself', (path) => symlink(path, path), /cannot be read/],
  ['a pipe', (path) => Promise.resolve(void execFileSync('mkfifo', [path])), /cannot be read/],
];

async function put(path: string, what: (typeof strange)[number][1]): Promise<void> {
  await (typeof what === 'string' ? writeFile(path, what) : what(path));
}

describe.each(strange)('%s in the place of a record', (_name, what, said) => {
  it('is set aside and reported; of the sessions it counts as one that ended early', async () => {
    const folder = await temporaryFolder();
    await put(join(folder, 'session.json'), what);
    await writeFile(join(folder, 'session.json.elsewhere'), '{"schema":1,"reached":"started","earlyEnds":9}');
    const reports: string[] = [];
    const session = await beginSession(folder, (message) => reports.push(message));
    expect(session.earlyEnds).toBe(1);
    expect(reports).toEqual([expect.stringMatching(said)]);
    expect(reports[0]).toMatch(/^The session record /);
    await session.end();
    expect((await readdir(folder)).filter((name) => name.startsWith('session.json.unusable-'))).toHaveLength(
      1,
    );
    const next = await beginSession(folder, (message) => reports.push(message));
    expect([next.earlyEnds, reports.length]).toEqual([0, 1]);
    await next.end();
    await expect(readFile(join(folder, 'session.json.elsewhere'), 'utf8')).resolves.toContain('9');
  });

  it('names nothing that was starting, and new marks take its place', async () => {
    const folder = await temporaryFolder();
    await put(join(folder, 'starting.json'), what);
    const reports: string[] = [];
    const marks = await openStartMarks(folder, (message) => reports.push(message));
    expect(marks.left).toEqual([]);
    expect(reports).toEqual([expect.stringMatching(said)]);
    await marks.begin({ id: 'a', hash: HASH });
    const next = await openStartMarks(folder, (message) => reports.push(message));
    expect(next.left).toEqual([{ id: 'a', hash: HASH }]);
    await marks.end();
    expect(reports).toHaveLength(1);
  });
});

describe('a folder that takes no record', () => {
  it('is reported once, and neither begin nor end of a session or a start fails by it', async () => {
    const folder = await temporaryFolder();
    const reports: string[] = [];
    const report = (message: string): void => void reports.push(message);
    await rm(folder, { recursive: true });
    const [session, marks] = [await beginSession(folder, report), await openStartMarks(folder, report)];
    const first = await marks.begin({ id: 'a', hash: HASH });
    await first();
    await expect(marks.during({ id: 'b', hash: HASH }, () => Promise.resolve(7))).resolves.toBe(7);
    await Promise.all([session.end(), marks.end()]);
    expect(reports).toEqual([
      'The session record cannot be written; what it said before still counts',
      'The record of starting capsules cannot be written; what it said before still counts',
    ]);
    await expect(readdir(folder)).rejects.toThrow('ENOENT');
  });
});
