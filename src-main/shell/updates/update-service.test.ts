import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../base/deferred.ts';
import { TypedError } from '../../base/typed-error.ts';
import type { UpdateView } from '../../contract/updates.ts';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { FEED_FILE } from './constants.ts';
import type { InstallKind } from './install-kind.ts';
import { Updates, type Updater } from './update-service.ts';

const FEED = 'https://updates.example/';

interface Made {
  readonly updates: Updates;
  readonly dataDir: string;
  readonly seen: UpdateView[];
  readonly opened: string[];
  readonly lines: string[];
  /** Messages of the confirmations that the operator saw. */
  readonly confirmed: string[];
  readonly reaches: (state: string) => Promise<void>;
}

async function made(
  updater: Partial<Updater> = {},
  install: InstallKind = { kind: 'appimage', file: '/x' },
  answer: () => Promise<void> = () => Promise.resolve(),
): Promise<Made> {
  const dataDir = await temporaryFolder();
  const opened: string[] = [];
  const lines: string[] = [];
  const seen: UpdateView[] = [];
  const confirmed: string[] = [];
  const updates = new Updates({
    dataDir,
    install,
    confirmations: {
      require: ({ message }) => {
        confirmed.push(message);
        return answer();
      },
    },
    log: (line) => void lines.push(line),
    open: (feed) => {
      opened.push(feed);
      return Promise.resolve({
        check: () => Promise.resolve('2.0.0'),
        download: () => Promise.resolve(null),
        install: () => Promise.resolve(),
        ...updater,
      });
    },
  });
  updates.changed((view) => void seen.push(view));
  const reaches = (state: string) =>
    expect.poll(async () => (await updates.view()).step.state, { interval: 2 }).toBe(state);
  return { updates, dataDir, seen, opened, lines, confirmed, reaches };
}

describe('updates', () => {
  it('are off until a feed is configured, and no updater is loaded by configuring or looking', async () => {
    const { updates, opened, dataDir } = await made();
    expect(await updates.view()).toEqual({ feed: null, step: { state: 'off', reason: '' } });
    await expect(updates.act('check')).rejects.toMatchObject({ code: 'update-not-now' });
    await updates.setFeed('https://updates.example');
    expect(await updates.view()).toEqual({ feed: FEED, step: { state: 'idle' } });
    const again = new Updates({
      dataDir,
      install: { kind: 'mac' },
      confirmations: { require: () => Promise.resolve() },
      open: () => Promise.reject(new Error('not now')),
      log: () => undefined,
    });
    expect((await again.view()).feed).toBe(FEED);
    await updates.setFeed(null);
    expect(await updates.view()).toEqual({ feed: null, step: { state: 'off', reason: '' } });
    expect(opened).toEqual([]);
  });

  it('go from check to install by four clicks, each told', async () => {
    let installed = 0;
    const { updates, seen, opened, reaches } = await made({
      download: (progress) => {
        progress(50);
        progress(50.2);
        return Promise.resolve('q83v');
      },
      install: () => {
        installed += 1;
        return new Promise(() => undefined);
      },
    });
    await updates.setFeed(FEED);
    expect((await updates.act('check')).step.state).toBe('checking');
    await reaches('available');
    await updates.act('download');
    await reaches('ready');
    expect(installed).toBe(0);
    await updates.act('install');
    await reaches('installing');
    expect(installed).toBe(1);
    expect(opened).toEqual([FEED]);
    expect(seen.map(({ step }) => step.state)).toEqual([
      'idle',
      'checking',
      'available',
      'downloading',
      'downloading',
      'ready',
      'installing',
    ]);
    await expect(updates.setFeed(null)).rejects.toMatchObject({ code: 'update-not-now' });
  });

  it('say what failed, and a second download asks the feed again first', async () => {
    let downloads = 0;
    let checks = 0;
    const { updates, reaches, lines } = await made({
      check: () => {
        checks += 1;
        return Promise.resolve('2.0.0');
      },
      download: () => {
        downloads += 1;
        return downloads === 1
          ? Promise.reject(new TypedError('update-damaged', 'It is damaged.', 'Try again.'))
          : Promise.resolve(null);
      },
    });
    await updates.setFeed(FEED);
    await updates.act('check');
    await reaches('available');
    await updates.act('download');
    await reaches('failed');
    expect((await updates.view()).step).toMatchObject({ message: 'It is damaged.', retry: 'download' });
    await updates.act('download');
    await reaches('ready');
    expect([checks, downloads]).toEqual([2, 2]);
    expect(lines).toEqual([]);
  });

  it('download nothing when the feed offers another version by the second attempt', async () => {
    const versions = ['2.0.0', '3.0.0'];
    let downloads = 0;
    const { updates, reaches } = await made({
      check: () => Promise.resolve(versions.shift() ?? null),
      download: () => {
        downloads += 1;
        return Promise.reject(new TypedError('x', 'It broke.', ''));
      },
    });
    await updates.setFeed(FEED);
    await updates.act('check');
    await reaches('available');
    await updates.act('download');
    await reaches('failed');
    await updates.act('download');
    await reaches('available');
    expect((await updates.view()).step).toEqual({ state: 'available', version: '3.0.0' });
    expect(downloads).toBe(1);
  });

  it('stop a download when asked, and say so only when it has ended', async () => {
    const ended = deferred<void>();
    const { updates, reaches } = await made({
      download: async (_progress, signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await ended.promise;
        throw new Error('cancelled');
      },
    });
    await updates.setFeed(FEED);
    await updates.act('check');
    await reaches('available');
    await updates.act('download');
    expect((await updates.act('cancel')).step.state).toBe('downloading');
    ended.resolve();
    await reaches('available');
  });

  it('keep a failed install to be tried again, and hide what was not foreseen in the log', async () => {
    const { updates, reaches, lines } = await made({
      install: () => Promise.reject(new Error('secret detail')),
    });
    await updates.setFeed(FEED);
    await updates.act('check');
    await reaches('available');
    await updates.act('download');
    await reaches('ready');
    await updates.act('install');
    await reaches('failed');
    const { step } = await updates.view();
    expect(step).toMatchObject({ retry: 'install', version: '2.0.0' });
    expect(JSON.stringify(step)).not.toContain('secret');
    expect(lines.join()).toContain('secret detail');
  });

  it('say why a damaged file is not used, and a saved feed replaces it', async () => {
    const { updates, dataDir } = await made();
    await writeFile(join(dataDir, FEED_FILE), 'nonsense');
    const { step } = await updates.view();
    expect(step.state === 'off' ? step.reason : '').toContain(FEED_FILE);
    expect((await updates.setFeed(FEED)).step).toEqual({ state: 'idle' });
  });

  it('are not offered where the program cannot replace itself', async () => {
    const { updates } = await made({}, { kind: 'none', reason: 'From source.' });
    expect((await updates.view()).step).toEqual({ state: 'unsupported', reason: 'From source.' });
    await expect(updates.setFeed(FEED)).rejects.toMatchObject({ code: 'update-not-now' });
    await expect(updates.act('check')).rejects.toMatchObject({ code: 'update-not-now' });
  });

  it('change nothing that the operator has not confirmed, and ask for nothing else', async () => {
    const declined = new TypedError('not-confirmed', 'It was not confirmed.', '');
    let answer = (): Promise<void> => Promise.resolve();
    let installed = 0;
    const install = () => {
      installed += 1;
      return new Promise<void>(() => undefined);
    };
    const { updates, confirmed, reaches } = await made({ install }, undefined, () => answer());
    await expect(updates.setFeed('http://not-this-machine.example')).rejects.toMatchObject({
      code: 'feed-invalid',
    });
    expect(confirmed).toEqual([]);
    await updates.setFeed(FEED);
    await updates.setFeed(FEED);
    expect(confirmed.splice(0)).toEqual(['Get updates from updates.example?']);
    await updates.act('check');
    await reaches('available');
    await expect(updates.act('install')).rejects.toMatchObject({ code: 'update-not-now' });
    await updates.act('download');
    await reaches('ready');
    expect(confirmed).toEqual([]);

    answer = () => Promise.reject(declined);
    await expect(updates.act('install')).rejects.toBe(declined);
    await expect(updates.setFeed('https://evil.example/')).rejects.toBe(declined);
    expect(await updates.view()).toEqual({ feed: FEED, step: { state: 'ready', version: '2.0.0' } });
    expect(installed).toBe(0);
    expect(confirmed).toEqual(['Install version 2.0.0 and restart?', 'Get updates from evil.example?']);
    await updates.setFeed(null);
    expect(confirmed).toHaveLength(2);
  });

  it('install nothing else than what was confirmed', async () => {
    const answer = deferred<void>();
    let asked = 0;
    let installed = 0;
    const { updates, reaches } = await made(
      { install: () => Promise.resolve(void (installed += 1)) },
      undefined,
      () => {
        asked += 1;
        return asked === 1 ? Promise.resolve() : answer.promise;
      },
    );
    await updates.setFeed(FEED);
    await updates.act('check');
    await reaches('available');
    await updates.act('download');
    await reaches('ready');
    const installing = updates.act('install');
    // The page goes on while the dialog is open.
    await updates.act('check');
    await reaches('available');
    await updates.act('download');
    await reaches('ready');
    answer.resolve();
    await expect(installing).rejects.toMatchObject({ code: 'update-not-now' });
    expect(installed).toBe(0);
  });
});
