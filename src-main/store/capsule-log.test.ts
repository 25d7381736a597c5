import { readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createCapsuleLog, formatLine, type CapsuleLog } from './capsule-log.ts';
import { LOG_BYTES_PER_SECOND, LOG_FILE_BYTES, LOG_LINE, LOG_QUEUE_BYTES } from './limits.ts';

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

  it('takes so many bytes a second of one owner, and one line says what was left out', async () => {
    const { log, tick, linesOf } = await atNoon();
    const line = 'x'.repeat(LOG_LINE);
    for (let count = 0; count < 100; count += 1) {
      log.write('anna', 'one', 'info', line);
    }
    log.write('bert', 'one', 'info', 'of another principal');
    tick(1_000);
    log.write('anna', 'one', 'info', 'later');
    await log.flush();
    const lines = await linesOf('anna');
    const kept = lines.filter((each) => each.endsWith(line)).length;
    expect(kept * (LOG_LINE + 33)).toBeLessThanOrEqual(LOG_BYTES_PER_SECOND);
    expect(kept).toBe(15);
    expect(lines.slice(kept)).toEqual([
      `1738324801.007 WARN [one] 85 lines (${85 * (LOG_LINE + 27)} bytes) left out: the capsule logged more than it may in one second.`,
      '1738324801.007 INFO [one] later',
    ]);
    expect(await linesOf('bert')).toEqual(['1738324800.007 INFO [one] of another principal']);
  });

  it('says what was left out of a second by itself when that is over', async () => {
    const { log, linesOf } = await atNoon();
    for (let count = 0; count < 20; count += 1) {
      log.write('anna', 'one', 'info', 'x'.repeat(LOG_LINE));
    }
    await expect.poll(async () => (await linesOf('anna')).at(-1)).toMatch(/ 5 lines \(\d+ bytes\) left out/);
  });

  it('ends the file of a day at its size, also after a restart; the next day’s says how much is missing', async () => {
    const { log, folder, tick, linesOf, again } = await atNoon();
    log.write('anna', 'one', 'info', 'first');
    await log.close();
    const path = join(folder, 'anna/one/2025-01-31.log');
    await truncate(path, LOG_FILE_BYTES - 1);
    const second = again();
    for (const text of ['the last', 'too much', 'too much as well']) {
      second.write('anna', 'one', 'info', text);
    }
    await second.close();
    const third = again();
    third.write('anna', 'one', 'info', 'still too much');
    tick(86_400_000);
    third.write('anna', 'one', 'info', 'a new day');
    await third.close();
    const text = (await readFile(path, 'utf8')).slice(LOG_FILE_BYTES - 1);
    expect(text.split('\n').map((line) => line.slice(15))).toEqual([
      '',
      'INFO [one] the last',
      `WARN [one] This file has reached ${LOG_FILE_BYTES} bytes; what the capsule writes until midnight UTC is left out.`,
      'WARN [one] 2 lines (78 bytes) left out: the file of the day was full.',
      '',
    ]);
    expect(await linesOf('anna', '2025-02-01')).toEqual([
      '1738411200.007 WARN [one] 1 line (41 bytes) left out: the file of the day was full.',
      '1738411200.007 INFO [one] a new day',
    ]);
  });

  it('counts lines that the disk was too slow for, and says so in the next one', async () => {
    const { log, tick, linesOf } = await atNoon();
    // Of many owners, each within its budget, in one turn of the program.
    const owners = Math.ceil(LOG_QUEUE_BYTES / (LOG_LINE * 10)) + 1;
    for (let owner = 0; owner < owners; owner += 1) {
      for (let count = 0; count < 10; count += 1) {
        log.write(`p${owner}`, 'one', 'info', 'x'.repeat(LOG_LINE));
      }
    }
    await log.flush();
    tick(1_000);
    const last = `p${owners - 1}`;
    log.write(last, 'one', 'info', 'later');
    await log.flush();
    expect((await linesOf(last)).slice(-2)).toEqual([
      expect.stringMatching(/WARN \[one\] \d+ lines \(\d+ bytes\) left out: the disk was too slow\.$/),
      '1738324801.007 INFO [one] later',
    ]);
  });
});

/** A log at noon of a day, whose time stands still unless it is told. */
async function atNoon() {
  const folder = await temporaryFolder();
  let now = NOON;
  const again = (): CapsuleLog =>
    createCapsuleLog(folder, { now: () => now, monotonic: () => now - NOON }, noReport);
  return {
    folder,
    again,
    log: again(),
    tick: (ms: number) => {
      now += ms;
    },
    linesOf: async (principal: string, day = '2025-01-31') =>
      (await readFile(join(folder, principal, 'one', `${day}.log`), 'utf8').catch(() => ''))
        .trimEnd()
        .split('\n'),
  };
}
