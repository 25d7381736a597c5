import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { openStartMarks, type OpenedStartMarks } from './start-marks.ts';

const one = { id: 'one', hash: 'ab'.repeat(32) };
const two = { id: 'two', hash: 'cd'.repeat(32) };

async function opened(folder: string): Promise<OpenedStartMarks> {
  return openStartMarks(folder, (message) => expect.unreachable(message));
}

async function onDisk(folder: string): Promise<readonly unknown[]> {
  const text = await readFile(join(folder, 'starting.json'), 'utf8');
  return (JSON.parse(text) as { readonly starting: readonly unknown[] }).starting;
}

describe('the marks of what is starting', () => {
  it('are on disk before a start may begin, and until the last of its parts is up', async () => {
    const folder = await temporaryFolder();
    const marks = await opened(folder);
    const [first, second] = await Promise.all([marks.begin(one), marks.begin(one), marks.begin(two)]);
    await expect(onDisk(folder)).resolves.toEqual([one, two]);
    await first();
    await first();
    await marks.during(two, async () => expect(await onDisk(folder)).toEqual([one, two]));
    await second();
    await expect.poll(() => onDisk(folder)).toEqual([two]);
    await marks.end();
    await expect(onDisk(folder)).resolves.toEqual([]);
  });

  it('tell versions of one capsule apart', async () => {
    const folder = await temporaryFolder();
    const marks = await opened(folder);
    await marks.begin(one);
    const remove = await marks.begin({ ...one, hash: two.hash });
    await remove();
    await expect.poll(() => onDisk(folder)).toEqual([one]);
    await marks.end();
  });

  it('of an earlier session stay until each is settled, through an ordinary end, too', async () => {
    const folder = await temporaryFolder();
    const first = await opened(folder);
    await Promise.all([first.begin(one), first.begin(two)]);
    const second = await opened(folder);
    expect(second.left).toEqual([one, two]);
    second.left.slice(0, 1).forEach(second.settled);
    await (
      await second.begin(two)
    )();
    await second.end();
    const third = await opened(folder);
    expect(third.left).toEqual([two]);
    third.left.forEach(third.settled);
    await third.end();
    expect((await opened(folder)).left).toEqual([]);
    await first.end();
  });

  it('leave nothing of what was being written when the application was killed', async () => {
    const folder = await temporaryFolder();
    const half = join(folder, `starting.json.${randomUUID()}`);
    await Promise.all([half, `${half}.mine`].map((path) => writeFile(path, '{')));
    await (await opened(folder)).end();
    await expect(readdir(folder)).resolves.toEqual(['starting.json', basename(`${half}.mine`)]);
  });

  it('are gone when the end begins, whatever is being written meanwhile and begins afterwards', async () => {
    const folder = await temporaryFolder();
    const marks = await opened(folder);
    const beginning = marks.begin(one);
    await new Promise(setImmediate);
    const ended = marks.end();
    await expect(onDisk(folder)).resolves.toEqual([]);
    await Promise.all([beginning, ended, marks.begin(two)]);
    await expect(onDisk(folder)).resolves.toEqual([]);
  });
});
