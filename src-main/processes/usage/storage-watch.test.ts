import { closeSync, ftruncateSync, linkSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../os/testing.ts';
import { ENDED, MiB, perl, setUpStorage } from '../testing.ts';

const fill = (path: string, mib: number): void => writeFileSync(path, Buffer.alloc(mib * MiB, 1));
/** Writes a MiB every 20 ms, so that a look finds it growing. */
const GROW = 'while :; do head -c 1048576 /dev/zero >> big; sleep 0.02; done';

describe('a program that brings its principal over the quota is ended, and its entry says why', () => {
  it('with one large file', async () => {
    const { start } = setUpStorage();
    const process = await start(GROW);
    expect(await process.exited).toEqual(ENDED);
  });

  it('with many empty files', async () => {
    const { start } = setUpStorage();
    const process = await start('i=0; while :; do : > "f$i"; i=$((i + 1)); sleep 0.001; done');
    expect(await process.exited).toEqual(ENDED);
  });

  it('with far more files than that, of which a look does not see all', async () => {
    const { start } = setUpStorage();
    const process = await start('', perl('for (1 .. 1000) { open F, ">f$_"; close F } sleep 60'));
    expect(await process.exited).toEqual(ENDED);
  });

  it('with files that have no name any more, open or mapped', async () => {
    const { start } = setUpStorage();
    const open = await start('exec 3> hidden; rm hidden; head -c 16777216 /dev/zero >&3; sleep 60');
    expect(await open.exited).toEqual(ENDED);
    const map = `open F, "+>m"; unlink "m"; truncate F, 1 << 24; $a = syscall(9, 0, 1 << 24, 3, 1, fileno F, 0);
      close F; syscall(0, 0, $a, 0); open Z, "/dev/zero"; syscall(0, fileno Z, $a, 1 << 24); sleep 60`;
    const mapped = process.arch === 'x64' ? await start('', perl(map)) : open;
    expect(await mapped.exited).toEqual(ENDED);
  });

  it('with files in folders that it may not read itself', async () => {
    const { start } = setUpStorage();
    const process = await start('mkdir d; head -c 16777216 /dev/zero > d/big; chmod 0 d; sleep 60');
    expect(await process.exited).toEqual(ENDED);
  });

  it('but none of another capsule that does not grow, nor of another principal', async () => {
    const { start } = setUpStorage();
    const quiet = await start('sleep 60', { capsule: 'quiet' });
    const other = await start('head -c 4194304 /dev/zero > big; sleep 60', { principal: 'other' });
    const hog = await start(GROW);
    expect(await hog.exited).toEqual(ENDED);
    expect([quiet.phase, other.phase]).toEqual(['running', 'running']);
    const next = await start('echo fine', { principal: 'other' });
    expect(await next.exited).toEqual({ code: 0, signal: null, reason: 'self' });
  });

  it('also when each of its capsules for itself is below it', async () => {
    const { start, folder } = setUpStorage();
    fill(join(await folder('p', 'one'), 'file'), 7);
    const process = await start('head -c 4194304 /dev/zero > big; sleep 60');
    expect(await process.exited).toEqual(ENDED);
  });

  it('also when it runs shorter than the time between two looks, at the next start', async () => {
    const { start } = setUpStorage();
    await (
      await start('head -c 16777216 /dev/zero > big')
    ).exited;
    await expect
      .poll(async () =>
        start('true').then(
          (one) => one.exited,
          (error: unknown) => error,
        ),
      )
      .toMatchObject({
        code: 'disk-quota',
      });
  });
});

describe('what takes nothing of the disk', () => {
  it('does not count: sparse files, further names, links to anywhere, memory', async () => {
    const { start, folder } = setUpStorage();
    const path = await folder();
    const sparse = openSync(join(path, 'sparse'), 'w');
    ftruncateSync(sparse, 1024 * MiB);
    closeSync(sparse);
    fill(join(path, 'file'), 4);
    linkSync(join(path, 'file'), join(path, 'again'));
    linkSync(join(path, 'file'), join(path, 'once more'));
    symlinkSync('/', join(path, 'machine'));
    const process = await start('head -c 16777216 /dev/zero > /tmp/memory; echo up; read never');
    expect(await process.exited).toEqual({ code: 1, signal: null, reason: 'self' });
  });
});

describe('a start over the quota', () => {
  it('is refused in words, leaves nothing, and works again when files were removed', async () => {
    const { start, folder, registry } = setUpStorage();
    const path = await folder();
    fill(join(path, 'file'), 9);
    await expect(start('echo never')).rejects.toMatchObject({
      code: 'disk-quota',
      message: 'Disk quota exceeded: "p" uses 9.0 MiB (quota: 8.0 MiB).',
      hint: 'Remove files from workspaces/p or homes/p in the data folder, then start the program again.',
    });
    expect(registry.views()).toEqual([]);
    rmSync(join(path, 'file'));
    const process = await start('exit 3');
    expect(await process.exited).toEqual({ code: 3, signal: null, reason: 'self' });
  });

  it('is refused for too many files as well', async () => {
    const { start, folder } = setUpStorage();
    const path = await folder('p', 'other');
    for (let index = 0; index < 101; index += 1) {
      writeFileSync(join(path, String(index)), '');
    }
    await expect(start('echo never')).rejects.toMatchObject({
      message: 'Disk quota exceeded: "p" uses 101 files and folders (quota: 100).',
    });
  });

  it('does not end what runs and does not grow: it may tidy up', async () => {
    const { start, folder } = setUpStorage();
    fill(join(await folder(), 'file'), 7);
    const tidy = await start('while [ ! -e go ]; do sleep 0.01; done; rm file go; sleep 60');
    fill(join(await folder('p', 'other'), 'file'), 2);
    await expect
      .poll(() => start('true').catch((error: unknown) => error))
      .toMatchObject({ code: 'disk-quota' });
    expect(tidy.phase).toBe('running');
    rmSync(join(await folder('p', 'other'), 'file'));
    writeFileSync(join(await folder(), 'go'), '');
    await until(async () =>
      start('true').then(
        () => true,
        () => false,
      ),
    );
    expect(tidy.phase).toBe('running');
  });
});

describe('the thread that looks', () => {
  it('is replaced when it was lost', async () => {
    const threads: Worker[] = [];
    const remember = (thread: Worker): void => void threads.push(thread);
    process.on('worker', remember);
    onTestFinished(() => void process.off('worker', remember));
    const { start } = setUpStorage();
    const first = await start('sleep 60', { principal: 'first' });
    // A start is admitted before anything else is needed.
    await threads[0]?.terminate();
    const hog = await start(GROW);
    expect(await hog.exited).toEqual(ENDED);
    expect(first.phase).toBe('running');
  });

  it('must be there for a start', async () => {
    const { start, registry } = setUpStorage({}, '/nowhere');
    await expect(start('echo never')).rejects.toMatchObject({ code: 'spawn-failed' });
    expect(registry.views()).toEqual([]);
  });
});
