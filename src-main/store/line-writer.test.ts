import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createLineWriter } from './line-writer.ts';

describe('lines', () => {
  it('are in their files in order when flush returns', async () => {
    const folder = await temporaryFolder();
    const writer = createLineWriter(() => undefined);
    const numbers = Array.from({ length: 1_000 }, (_, n) => n);
    for (const n of numbers) {
      writer.append(join(folder, 'deep', n % 2 === 0 ? 'even' : 'odd'), String(n));
    }
    expect(writer.waiting()).toBe(1_000);
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

  it('that cannot be written are reported, and later ones are tried again', async () => {
    const folder = await temporaryFolder();
    const reports: string[] = [];
    const writer = createLineWriter((message, error) => reports.push(`${message}: ${String(error)}`));
    const path = join(folder, 'log');
    await mkdir(path);
    writer.append(path, 'lost');
    writer.append(path, 'lost too');
    writer.append(join(folder, 'other'), 'kept');
    await writer.flush();
    expect(reports).toEqual([expect.stringMatching(/^could not write 2 lines to .*log: Error: EISDIR/)]);
    await expect(readFile(join(folder, 'other'), 'utf8')).resolves.toBe('kept\n');
    await rm(path, { recursive: true });
    writer.append(path, 'later');
    await writer.flush();
    await expect(readFile(path, 'utf8')).resolves.toBe('later\n');
    expect(reports).toHaveLength(1);
  });

  it('need no flush to be written, and a flush of nothing returns', async () => {
    const folder = await temporaryFolder();
    const writer = createLineWriter(() => undefined);
    await writer.flush();
    writer.append(join(folder, 'log'), 'by itself');
    await expect.poll(() => readFile(join(folder, 'log'), 'utf8').catch(() => '')).toBe('by itself\n');
  });
});
