import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenText } from '../../contract/hidden-text.ts';
import { feedConfirmation, installConfirmation } from './confirmation-text.ts';
import { parseFeed } from './feed.ts';

const FEED = 'https://updates.example/';

describe('the text of a confirmation', () => {
  it('names the server of the new address, and both addresses', () => {
    const { message, detail } = feedConfirmation('https://other.example/x/', FEED);
    expect(message).toBe('Get updates from other.example?');
    expect(detail).toContain(
      'New address: https://other.example/x/\nCurrent address: https://updates.example/',
    );
    expect(feedConfirmation(FEED, null).detail).toContain('Current address: none');
  });

  it('shows a name in other letters as it is looked up', () => {
    const feed = parseFeed('https://exаmple.com');
    expect(feedConfirmation(feed, null).message).toBe('Get updates from xn--exmple-4nf.com?');
  });

  it('shows version, feed and hash of what is installed', () => {
    const { message, detail } = installConfirmation({ version: '2.0.0', feed: FEED, sha512: 'q83v' });
    expect(message).toBe('Install version 2.0.0 and restart?');
    expect(detail).toContain('Downloaded from: https://updates.example/\nSHA-512: q83v\n');
    expect(installConfirmation({ version: '2', feed: FEED, sha512: null }).detail).not.toContain('SHA-512');
  });

  it('keeps a feed from writing lines of its own, hiding something or pushing the buttons away', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (version) => {
        const { message, detail } = installConfirmation({ version, feed: FEED, sha512: version });
        expect(detail.split('\n')).toHaveLength(4);
        expect(detail.length).toBeLessThan(1_000);
        for (const [match, emoji] of message.matchAll(hiddenText)) {
          expect(match).toBe(emoji);
        }
      }),
    );
  });
});
