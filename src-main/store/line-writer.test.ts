import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createLineWriter } from './line-writer.ts';
import { limitFileSize } from './testing.ts';

const noReport = (message: string): never => {
  throw new Error(message);
};

describe('lines', () => {
  it('are in their files in order when flush returns', async () => {
    const folder = await temporaryFolder();
    const writer = createLineWriter(noReport);
    const numbers = Array.from({ length: 1_000 }, (_, n) => n);
    for (const n of numbers) {
      writer.append(join(folder, 'deep', n % 2 === 0 ? 'even' : 'odd'), String(n));
    }
    const bytes = numbers.reduce((sum, n) => sum + String(n).length + 1, 0);
    expect(writer.waiting()).toBe(bytes);
    await writer.flush();
    expect(writer.waiting()).toBe(0);
    const even = await readFile(join(folder, 'deep', 'even'), 'utf8');
    expect(even).toBe(
      numbers
        .filter((n) => n % 2 === 0)
        .map((n) => `${n}\n`)
        .join(''),
    );
    expect((await stat(join(folder, 'deep', 'even'))).mode & 0o777).toBe(0o600);
  });

  it('that cannot be written are reported once, kept and tried again, and hold up no other file', async () => {
    const folder = await temporaryFolder();
    const reports: string[] = [];
    const writer = createLineWriter((message, error) => reports.push(`${message}: ${String(error)}`));
    const path = join(folder, 'log');
    await mkdir(path);
    writer.append(path, 'first');
    writer.append(path, 'second');
    writer.append(join(folder, 'other'), 'kept');
    await writer.flush();
    await writer.flush();
    expect(reports).toEqual([
      expect.stringMatching(/^could not write 2 lines to .*log; they are kept.*: .*not a regular file/),
    ]);
    await expect(readFile(join(folder, 'other'), 'utf8')).resolves.toBe('kept\n');
    await rm(path, { recursive: true });
    writer.append(path, 'third');
    await writer.flush();
    await expect(readFile(path, 'utf8')).resolves.toBe('first\nsecond\nthird\n');
    expect([reports.length, writer.waiting()]).toEqual([1, 0]);
  });

  it('are tried again by themselves', async () => {
    const folder = await temporaryFolder();
    const writer = createLineWriter(() => undefined);
    const path = join(folder, 'log');
    await mkdir(path);
    writer.append(path, 'line');
    await writer.flush();
    await rm(path, { recursive: true });
    await expect.poll(() => readFile(path, 'utf8').catch(() => '')).toBe('line\n');
  });

  it('that no attempt could write until the end are reported as lost', async () => {
    const folder = await temporaryFolder();
    const reports: string[] = [];
    const writer = createLineWriter((message) => reports.push(message));
    await mkdir(join(folder, 'log'));
    writer.append(join(folder, 'log'), 'line');
    await writer.close();
    expect(reports).toEqual([expect.stringContaining('are kept'), expect.stringContaining('are lost')]);
  });

  it('need no flush to be written, and a flush of nothing returns', async () => {
    const folder = await temporaryFolder();
    const writer = createLineWriter(noReport);
    await writer.flush();
    writer.append(join(folder, 'log'), 'by itself');
    await expect.poll(() => readFile(join(folder, 'log'), 'utf8').catch(() => '')).toBe('by itself\n');
  });

  it('that come after a flush was asked for are not waited for', async () => {
    const path = join(await temporaryFolder(), 'log');
    const writer = createLineWriter(noReport);
    writer.append(path, 'before');
    let flooding = true;
    // A flood that always has one more line when the latest is written. It ends with the flush; the limit is only for a
    // flush that waits for all of it, and no disk is that slow.
    const limit = Date.now() + 10_000;
    const flood = (async () => {
      for (let line = 0; flooding && Date.now() < limit; line += 1) {
        writer.append(path, `line ${line}`);
        await turn();
      }
      return flooding;
    })();
    await writer.flush();
    flooding = false;
    await expect(flood).resolves.toBe(false);
    await writer.flush();
    await expect(readFile(path, 'utf8')).resolves.toMatch(/^before\nline 0\n/);
  });
});

describe('a disk that is full in the middle of a line', () => {
  it('leaves no fragment that the next good line is glued to, and loses nothing', async () => {
    const path = join(await temporaryFolder(), 'log');
    const reports: string[] = [];
    const writer = createLineWriter((message, error) => reports.push(`${message}: ${String(error)}`));
    writer.append(path, 'good');
    await writer.flush();
    const free = limitFileSize(20);
    writer.append(path, 'a line that does not fit any more');
    await writer.flush();
    await expect(readFile(path, 'utf8')).resolves.toBe('good\n');
    expect(reports).toEqual([expect.stringContaining('EFBIG')]);
    free();
    writer.append(path, 'next');
    await writer.flush();
    await expect(readFile(path, 'utf8')).resolves.toBe('good\na line that does not fit any more\nnext\n');
    expect(reports).toHaveLength(1);
  });

  it('as one that a crash cut off keeps the fragment, on a line of its own', async () => {
    const path = join(await temporaryFolder(), 'log');
    await appendFile(path, 'good\nfragm');
    const writer = createLineWriter(noReport);
    writer.append(path, 'next');
    await writer.flush();
    await expect(readFile(path, 'utf8')).resolves.toBe('good\nfragm\nnext\n');
  });
});

describe('what is no file', () => {
  it.each([
    ['a pipe that nobody reads', (path: string) => void execFileSync('mkfifo', [path])],
    ['a link that leads elsewhere', (path: string) => symlink(`${path}.elsewhere`, path)],
    ['a link to itself', (path: string) => symlink(path, path)],
  ])('is neither waited for nor followed: %s', async (_what, make) => {
    const path = join(await temporaryFolder(), 'log');
    await make(path);
    const reports: string[] = [];
    const writer = createLineWriter((message, error) => reports.push(`${message}: ${String(error)}`));
    onTestFinished(() => writer.close());
    writer.append(path, 'line');
    await writer.flush();
    expect(reports).toEqual([expect.stringContaining('is not a regular file')]);
    await expect(stat(`${path}.elsewhere`)).rejects.toThrow('ENOENT');
  });
});
