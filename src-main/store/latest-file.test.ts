import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createLatestFile } from './latest-file.ts';

const unreachable = (message: string): never => expect.unreachable(message);

describe('a file that has the latest of what it was given', () => {
  it('has this text or a later one when a write resolves, and the last in the end', async () => {
    const texts = fc.array(fc.tuple(fc.string(), fc.boolean()), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(texts, async (given) => {
        const folder = await temporaryFolder();
        const path = join(folder, 'latest');
        const file = createLatestFile(path, 'It', unreachable);
        const all: Promise<void>[] = [];
        for (const [index, [text, pause]] of given.entries()) {
          const later = given.slice(index).map(([each]) => each);
          all.push(file.write(text).then(async () => expect(later).toContain(await readFile(path, 'utf8'))));
          await (pause ? new Promise(setImmediate) : undefined);
        }
        await Promise.all(all);
        await expect(readFile(path, 'utf8')).resolves.toBe(given.at(-1)?.[0]);
        await expect(readdir(folder)).resolves.toEqual(['latest']);
      }),
      { numRuns: 30 },
    );
  });

  it('is not written again with what it has', async () => {
    const path = join(await temporaryFolder(), 'latest');
    const file = createLatestFile(path, 'It', unreachable);
    await file.write('same');
    const { ino } = await stat(path);
    await Promise.all([file.write('other'), file.write('same')]);
    expect((await stat(path)).ino).toBe(ino);
  });

  it('is readable by its owner only, also at its end', async () => {
    const path = join(await temporaryFolder(), 'latest');
    const file = createLatestFile(path, 'It', unreachable);
    await file.write('first');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await file.end('last');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await Promise.all([file.write('too late'), file.end('later still')]);
    await expect(readFile(path, 'utf8')).resolves.toBe('last');
  });

  it('reports the first of failures in a row, and the first after a success again', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'inner', 'latest');
    const reports: string[] = [];
    const file = createLatestFile(path, 'It', (message) => reports.push(message));
    await file.write('a');
    await file.write('b');
    expect(reports).toEqual(['It cannot be written; what it said before still counts']);
    await mkdir(join(folder, 'inner'));
    await file.write('b');
    await expect(readFile(path, 'utf8')).resolves.toBe('b');
    await rm(join(folder, 'inner'), { recursive: true });
    await file.write('c');
    await file.end('d');
    expect(reports).toHaveLength(2);
  });
});
