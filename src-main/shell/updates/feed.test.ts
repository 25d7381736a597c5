import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.ts';
import { FEED_FILE } from './constants.ts';
import { mayFetch, parseFeed } from './feed.ts';
import { feedIn, readFeed, writeFeed } from './feed-file.ts';

describe('the address of a feed', () => {
  it.each([
    ['https://updates.example', 'https://updates.example/'],
    ['  https://updates.example/a/b  ', 'https://updates.example/a/b/'],
    ['HTTPS://Updates.Example:8443/a/', 'https://updates.example:8443/a/'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
    ['http://localhost/feed', 'http://localhost/feed/'],
    ['http://[::1]:9/', 'http://[::1]:9/'],
  ])('%s is kept as %s', (text, kept) => {
    expect(parseFeed(text)).toBe(kept);
    expect(parseFeed(kept)).toBe(kept);
  });

  it.each([
    '',
    'updates.example',
    'http://updates.example/',
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'http://127.0.0.1@evil.example/',
    'http://evil.example/#127.0.0.1',
    'http://10.0.0.1/',
    'ftp://updates.example/',
    'file:///etc/',
    'javascript:alert(1)',
    'https://person:secret@updates.example/',
    'https://updates.example/?token=secret',
    'https://updates.example/#part',
    `https://updates.example/${'a'.repeat(2_000)}`,
  ])('%s is refused with words', (text) => {
    expect(() => parseFeed(text)).toThrow(expect.objectContaining({ code: 'feed-invalid' }));
  });

  it('is safe or refused, whatever is typed, and its own form is stable', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.webAuthority({ withPort: true })), (text) => {
        let feed: string;
        try {
          feed = parseFeed(text);
        } catch {
          return;
        }
        expect(feed).toMatch(/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]).*\/$/);
        expect(parseFeed(feed)).toBe(feed);
      }),
    );
  });
});

describe('what may be fetched for a feed', () => {
  it.each([
    ['https://a/', 'https://a/latest-linux.yml?noCache=1', true],
    ['https://a/', 'https://files.example/x.AppImage', true],
    ['https://a/', 'http://a/latest-linux.yml', false],
    ['https://a/', 'http://127.0.0.1/x', false],
    ['http://127.0.0.1:1/', 'http://127.0.0.1:2/x', true],
    ['http://127.0.0.1:1/', 'http://evil.example/x', false],
    ['http://127.0.0.1:1/', 'https://files.example/x', true],
    ['https://a/', 'file:///etc/passwd', false],
    ['https://a/', 'nonsense', false],
  ])('%s may lead to %s: %s', (feed, address, allowed) => {
    expect(mayFetch(feed, address)).toBe(allowed);
  });
});

describe('the file of the feed', () => {
  it('is off without a reason when there is none', async () => {
    expect(await readFeed(await temporaryFolder())).toEqual({ feed: null, reason: '' });
  });

  it('keeps a feed and forgets it, and leaves nothing beside it', async () => {
    const folder = await temporaryFolder();
    await writeFeed(folder, 'https://a/');
    expect(await readFeed(folder)).toEqual({ feed: 'https://a/', reason: '' });
    expect(await readdir(folder)).toEqual([FEED_FILE]);
    await writeFeed(folder, null);
    await writeFeed(folder, null);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['', 'is invalid and was ignored'],
    ['{"feed":', 'not valid JSON'],
    ['null', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['{}', 'It has no "feed".'],
    ['{"feed":null}', 'It has an invalid "feed".'],
    ['{"__proto__":{"feed":"https://a/"}}', 'no "feed"'],
    ['{"feed":"http://evil.example/"}', 'could be modified'],
    [`{"feed":"https://a/${'a'.repeat(20_000)}"}`, 'too large'],
  ])('means off with the reason when it is %j', async (text, words) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, FEED_FILE), text);
    const stored = await readFeed(folder);
    expect(stored.feed).toBeNull();
    expect(stored.reason).toContain(words);
  });

  it('means off with the reason when it cannot be read', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, FEED_FILE));
    expect((await readFeed(folder)).reason).toContain('cannot be read');
  });

  it('never yields an unsafe feed, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.webUrl().map((feed) => JSON.stringify({ feed })),
        ),
        (text) => {
          let feed: string;
          try {
            feed = feedIn(text);
          } catch {
            return;
          }
          expect(mayFetch(feed, feed)).toBe(true);
        },
      ),
    );
  });
});
