import { TypedError } from '../../base/typed-error.ts';
import { MAX_FEED_CHARACTERS } from './constants.ts';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The address of a feed as it is kept: one that ends in `/`. Throws `feed-invalid`.
 *
 * It must be https, or http to this machine itself: the hashes that a download is checked against come from
 * the feed over that same connection, so whoever could change the connection could give us any program.
 */
export function parseFeed(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > MAX_FEED_CHARACTERS || !URL.canParse(trimmed)) {
    throw invalid('This is not an address.');
  }
  const url = new URL(trimmed);
  if (!isSafe(url)) {
    throw invalid(
      url.protocol === 'http:'
        ? 'A feed over http could be changed on its way here.'
        : `A feed cannot be read over ${url.protocol}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('A name or password in the address would be kept and logged in clear text.');
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalid('The address is that of a folder, so it has no “?” or “#”.');
  }
  return url.pathname.endsWith('/') ? url.href : `${url.href}/`;
}

/**
 * Whether a request may be made for this feed: the rule above also holds for files that the feed names and
 * for redirects, and only a feed on this machine may lead to this machine over http.
 */
export function mayFetch(feed: string, address: string): boolean {
  if (!URL.canParse(address)) {
    return false;
  }
  const url = new URL(address);
  return url.protocol === 'https:' || (feed.startsWith('http:') && isSafe(url));
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

function invalid(message: string): TypedError<'feed-invalid'> {
  return new TypedError(
    'feed-invalid',
    message,
    'Give the https:// address of the folder that holds the feed, or an http:// one on this machine.',
  );
}
