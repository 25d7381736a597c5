import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createCapsuleLog, formatLine, pruneCapsuleLogs } from './capsule-log.ts';
import { LOG_LINE, LOG_QUEUE } from './limits.ts';

const NOON = Date.UTC(2025, 0, 31, 12, 0, 0, 7);

const noReport = (message: string): never => {
  throw new Error(message);
};

describe('a line of the log', () => {
  it.each([
    ['plain', 'hello', '1738324800.007 INFO [cap] hello'],
    ['with line ends', 'a\nb\r\nc', '1738324800.007 INFO [cap] a\\nb\\r\\nc'],
    [
      'with controls',
      '\u0000\u001b[2J\u007f\u0085',
      '1738324800.007 INFO [cap] \\u0000\\u001b[2J\\u007f\\u0085',
    ],
    ['with separators', 'a\u2028b\u2029c', '1738324800.007 INFO [cap] a\\u2028b\\u2029c'],
    ['with more than ASCII', 'grün 🌲', '1738324800.007 INFO [cap] grün 🌲'],
    ['empty', '', '1738324800.007 INFO [cap] '],
  ])('%s', (_name, message, line) => {
    expect(formatLine(NOON, 'info', 'cap', message)).toBe(line);
  });

  it('is one line of bounded length whatever it says', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ minLength: LOG_LINE }),
    );
    fc.assert(
      fc.property(anything, (message) => {
        const line = formatLine(NOON, 'error', 'cap', message);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(line.length).toBeLessThan(6 * LOG_LINE + 100);
      }),
    );
  });

  it('tells how long it was when it is cut', () => {
    const line = formatLine(NOON, 'info', 'cap', 'x'.repeat(LOG_LINE + 5));
    expect(line).toMatch(/x… \(16389 characters\)$/);
  });
});

describe('the log of capsules', () => {
  it('has a file for each principal, capsule and day of UTC, also when the day changes while it is open', async () => {
    const folder = await temporaryFolder();
    let now = Date.UTC(2025, 0, 31, 23, 59, 59, 999);
    const log = createCapsuleLog(folder, { now: () => now, monotonic: () => 0 }, noReport);
    log.write('anna', 'one', 'info', 'before midnight');
    now += 1;
    log.write('anna', 'one', 'warn', 'after');
    log.write('bert', 'one', 'info', 'b');
    log.write('anna', 'two', 'info', 't');
    await log.flush();
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.log')).sort();
    expect(files).toEqual([
      'anna/one/2025-01-31.log',
      'anna/one/2025-02-01.log',
      'anna/two/2025-02-01.log',
      'bert/one/2025-02-01.log',
    ]);
    await expect(readFile(join(folder, 'anna/one/2025-02-01.log'), 'utf8')).resolves.toBe(
      '1738368000.000 WARN [one] after\n',
    );
  });

  it('counts lines that the disk was too slow for, and says so in the next one', async () => {
    const folder = await temporaryFolder();
    const log = createCapsuleLog(folder, { now: () => NOON, monotonic: () => 0 }, noReport);
    for (let count = 0; count < LOG_QUEUE + 3; count += 1) {
      log.write('anna', 'one', 'info', `line ${count}`);
    }
    await log.flush();
    log.write('anna', 'one', 'info', 'later');
    await log.flush();
    const lines = (await readFile(join(folder, 'anna/one/2025-01-31.log'), 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(LOG_QUEUE + 2);
    expect(lines.slice(-2)).toEqual([
      '1738324800.007 WARN [one] 3 lines dropped: the disk was too slow.',
      '1738324800.007 INFO [one] later',
    ]);
  });
});

describe('old log files', () => {
  it('are removed after seven days, and nothing else is', async () => {
    const folder = await temporaryFolder();
    const place = join(folder, 'anna', 'one');
    await mkdir(place, { recursive: true });
    const day = 86_400_000;
    const ages: readonly (readonly [string, number])[] = [
      ['2025-01-31.log', 6.9 * day],
      ['2025-01-24.log', 7.1 * day],
      ['2025-01-01.log.bak', 30 * day],
      ['notes.txt', 30 * day],
    ];
    for (const [name, age] of ages) {
      await writeFile(join(place, name), '');
      await utimes(join(place, name), (NOON - age) / 1_000, (NOON - age) / 1_000);
    }
    await pruneCapsuleLogs(folder, NOON);
    expect((await readdir(place)).sort()).toEqual(['2025-01-01.log.bak', '2025-01-31.log', 'notes.txt']);
    await expect(pruneCapsuleLogs(join(folder, 'not-there'), NOON)).resolves.toBeUndefined();
  });
});
